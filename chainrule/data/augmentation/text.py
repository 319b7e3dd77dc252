"""Augmentations as texts, for the command line and TOML files: "flip", "shift:0.1", "crop:4"."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from chainrule.data.augmentation.augmentation import Augmentation
from chainrule.data.augmentation.presets import PRESETS
from chainrule.data.augmentation.transform import AUGMENTATIONS, Transform
from chainrule.errors import InputError, unknown_name
from chainrule.registry import named


def parse_augmentation(texts: Iterable[str]) -> Augmentation:
    """Parse an augmentation.

    Args:
        texts: of each transform its name and settings, as `registry.named` takes them; or the name
            of a preset, for its texts.
    Raises:
        InputError: a name is unknown (the nearest is suggested), or a setting is invalid; all
            problems are reported together.

    >>> parse_augmentation(["flip", "crop:2", "erase:0.3:0.1"]).transforms
    (Flip(probability=0.5), Crop(padding=2), Erase(probability=0.3, smallest=0.1, largest=0.4, \
aspect=0.3))
    """
    transforms: list[Transform] = []
    problems: list[str] = []
    for text in chain.from_iterable(PRESETS.get(text.strip(), (text,)) for text in texts):
        try:
            transforms.append(_transform(text))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return Augmentation(tuple(transforms))


def _transform(text: str) -> Transform:
    name = text.partition(":")[0].strip()
    if name in PRESETS:
        raise InputError(
            f"augmentation '{text}': got settings, expected none, as {name} stands for "
            f"{', '.join(PRESETS[name])}. Write {name}, or these with settings of your own."
        )
    if name not in AUGMENTATIONS:
        raise unknown_name("augmentation", name, [*AUGMENTATIONS, *PRESETS])
    return named(text, AUGMENTATIONS)
