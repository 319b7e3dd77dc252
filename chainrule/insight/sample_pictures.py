"""Pictures of the test with what the network said of them, and its most confident mistakes."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np
from numpy.typing import NDArray

from chainrule import randomness
from chainrule.data.images import Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.spelling import spell
from chainrule.training.evaluation import Samples
from chainrule.training.model import Model

SAMPLES = 12
MISTAKES = 12
# Small pictures are shown larger, as squares of light, and none larger than this.
SHOWN_PIXELS = 96

STYLE = """
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
.pictures figure { width: 7rem; background: none; padding: 0; overflow-wrap: anywhere; }
.pictures img { height: 6rem; max-width: 7rem; object-fit: contain; image-rendering: pixelated; }
.pictures figcaption { font-size: .8rem; line-height: 1.3; }
"""


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture with its answers.

    Attributes:
        pixels: (height, width), grey, or (height, width, channels); uint8.
        said: what the network predicts.
        truth: what it is.
        wrong: how much it errs: for classes 0 if it is right, else the probability of what it
            said; for numbers the difference, in the person's unit.
        caption: what is said of it, in words.
        name: of its file, where it has one of its own.
    """

    pixels: NDArray[np.uint8]
    said: str
    truth: str
    wrong: float
    caption: str
    name: str = ""


def pictures_section(
    model: Model, samples: Samples | None, names: Sequence[str] | None, *, seed: int
) -> str:
    """HTML that shows some samples, drawn at random, and the worst mistakes among all of them.

    Args:
        model: that was trained.
        samples: of the test, prepared; None if there are none.
        names: of the file of each, or None.
        seed: of the run.
    Returns:
        Nothing if the samples are no pictures, or no longer look like some.
    """
    if samples is None or not _are_pictures(model.preparation):
        return ""
    shown = shown_pictures(model, samples, names)
    drawn = randomness.numpy_generator(seed, "pictures to show").permutation(len(shown))[:SAMPLES]
    parts = [
        "<p>Drawn at random from the test:</p>",
        _gallery(shown[place] for place in sorted(drawn)),
    ]
    if worst := worst_mistakes(shown):
        surest = "The largest errors" if _is_number(model) else "The mistakes it was surest of"
        parts += [f"<p>{surest}, worst first; look whether their labels are right:</p>"]
        parts += [_gallery(worst)]
    return "\n".join(parts)


def shown_pictures(
    model: Model, samples: Samples, names: Sequence[str] | None = None
) -> list[Shown]:
    """Each of the prepared samples with its answers, in order."""
    pixels = model.preparation.inputs
    assert isinstance(pixels, Pixels)
    given = np.rint(pixels.undo(samples.features[:].numpy())).clip(0, 255).astype(np.uint8)
    predicted = model.predict(Images("test", given, None)).numpy()
    target = model.preparation.target
    if isinstance(target, NumberTarget):
        true = model.in_persons_unit(samples.targets).numpy()[:, 0]
        shown = [_number(*each) for each in zip(given, predicted[:, 0], true, strict=True)]
    else:
        places = samples.targets.reshape(-1).long().tolist()
        shown = [
            _class(picture, probabilities, place, target.classes)
            for picture, probabilities, place in zip(given, predicted, places, strict=True)
        ]
    if names is None:
        return shown
    return [replace(each, name=name) for each, name in zip(shown, names, strict=True)]


def worst_mistakes(shown: Sequence[Shown], most: int = MISTAKES) -> list[Shown]:
    """Those that are wrong, the most confident first."""
    mistakes = [each for each in shown if each.wrong > 0]
    return sorted(mistakes, key=lambda each: -each.wrong)[:most]


def _are_pictures(preparation: Preparation) -> bool:
    pixels = preparation.inputs
    if not isinstance(pixels, Pixels) or preparation.projection is not None:
        return False
    return len(pixels.shape) == 2 or pixels.shape[2] in (1, 3, 4)


def _is_number(model: Model) -> bool:
    return isinstance(model.preparation.target, NumberTarget)


def _class(
    picture: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    true: int,
    classes: Sequence[str],
) -> Shown:
    likeliest = int(probabilities.argmax())
    sure = float(probabilities[likeliest])
    said, truth = classes[likeliest], classes[true]
    if likeliest == true:
        return Shown(picture, said, truth, 0.0, f"{said}, {sure:.0%}")
    caption = f"said {said}, {sure:.0%}; is {truth}, {probabilities[true]:.0%}"
    return Shown(picture, said, truth, sure, caption)


def _number(picture: NDArray[np.uint8], predicted: float, true: float) -> Shown:
    said, truth = f"{predicted:.4g}", spell(float(true))
    wrong = abs(float(predicted) - float(true))
    return Shown(picture, said, truth, wrong, f"said {said}; is {truth}")


def _gallery(shown: Iterable[Shown]) -> str:
    figures = "".join(
        f'<figure><img src="{_data_uri(each.pixels)}" alt="{escape(each.truth)}">'
        f"<figcaption>{escape(each.caption)}<br><small>{escape(each.name)}</small></figcaption>"
        "</figure>"
        for each in shown
    )
    return f'<div class="pictures">{figures}</div>'


def _data_uri(pixels: NDArray[np.uint8]) -> str:
    """A picture as PNG within the page, so that it needs no other file."""
    from PIL import Image  # needed for pictures alone

    picture = Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)
    picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"
