"""Whether pictures are grey or in colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PICTURES_AT_ONCE = 256
# Red, green and blue in 65536ths: ITU-R BT.601, section 2.5.1, in the whole numbers of Pillow.
LUMA = np.array([19595, 38470, 7471], np.uint32)


def convert_colours(
    coloured: NDArray[np.uint8], shape: tuple[int, ...] | None
) -> NDArray[np.uint8]:
    """Pictures in grey if they are, whatever their files say, or else in colour.

    Many a set of grey pictures is saved in colour. Three equal channels tell a network nothing that
    one does not, and take three times as long.
    Args:
        coloured: (pictures, height, width, 3).
        shape: (height, width) to have grey, (height, width, 3) to have colour, (height, width, 1)
            to have grey in one channel, all whatever they are; None for what they are.
    Returns:
        (pictures, height, width) if they are grey, else as given.
    """
    if shape is None:
        grey = all(_is_grey(some) for some in _parts(coloured))
        shape = coloured.shape[1:3] if grey else coloured.shape[1:]
    if shape[2:] == (3,):
        return coloured
    made = np.empty(coloured.shape[:3], np.uint8)
    for some, into in zip(_parts(coloured), _parts(made), strict=True):
        into[...] = (some @ LUMA + 2**15) >> 16
    return made.reshape(-1, *shape)


def _is_grey(pictures: NDArray[np.uint8]) -> bool:
    red, green, blue = np.moveaxis(pictures, -1, 0)
    return bool((red == green).all() and (green == blue).all())


def _parts(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """A few pictures at a time: what is computed of them takes several times their memory."""
    for start in range(0, len(pictures), PICTURES_AT_ONCE):
        yield pictures[start : start + PICTURES_AT_ONCE]
