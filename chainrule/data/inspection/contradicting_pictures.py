"""The same picture with different targets, of which at most one can be right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised
from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences
from chainrule.data.table import Column


def contradicting_pictures(*datasets: Images) -> list[Problem]:
    """Find pictures with the same pixels, as the network gets them, and different targets.

    Args:
        datasets: such as training and test pictures from separate folders. Those without targets
            are not looked at.
    """
    labelled = [(images, images.target) for images in datasets if images.target is not None]
    if not labelled:
        return []
    target = np.concatenate([target.categories() for _, target in labelled])
    first = first_occurrences(
        *(replace(images, target=Column("none", np.zeros(len(images)))) for images, _ in labelled)
    )
    unlike_first = np.flatnonzero(target != target[first])
    if not len(unlike_first):
        return []
    contradicting = np.isin(first, first[unlike_first])
    later = int(unlike_first[0])
    names = [name for images, _ in labelled for name in _names(images)]
    examples = " and ".join(f"{names[i]} ('{target[i]}')" for i in (int(first[later]), later))
    return [
        Problem(
            "contradicting_pictures",
            f"{pluralised(int(contradicting.sum()), 'picture')} of {len(target):,} have the same "
            f"pixels as one with another target, such as {examples}: no network can be right on "
            "both.",
            "Look for wrong labels, and delete each picture where it does not belong.",
        )
    ]


def _names(images: Images) -> list[str]:
    """Return the file of each picture, or its number in a file of all, counted from 1."""
    if images.names is not None:
        return [f"'{name}'" for name in images.names]
    return [f"picture {number:,} of {images.source}" for number in range(1, len(images) + 1)]
