"""Conversion of pictures to grey or colour."""

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
    """Convert pictures to grey if all their pixels are grey, or to a given shape.

    Many sets of grey pictures are saved in colour. Three equal channels have no more information
    than one, and take three times as long.
    Args:
        coloured: (pictures, height, width, 3).
        shape: (height, width) for grey, (height, width, 3) for colour, (height, width, 1) for grey
            with one channel, whatever the pixels are; None to decide by the pixels.
    Returns:
        (pictures, height, width) if they are grey, else `coloured`.
    """
    if shape is None:
        grey = all(_is_grey(chunk) for chunk in _chunks(coloured))
        shape = coloured.shape[1:3] if grey else coloured.shape[1:]
    if shape[2:] == (3,):
        return coloured
    grey_pixels = np.empty(coloured.shape[:3], np.uint8)
    for chunk, into in zip(_chunks(coloured), _chunks(grey_pixels), strict=True):
        into[...] = (chunk @ LUMA + 2**15) >> 16
    return grey_pixels.reshape(-1, *shape)


def _is_grey(pictures: NDArray[np.uint8]) -> bool:
    red, green, blue = np.moveaxis(pictures, -1, 0)
    return bool((red == green).all() and (green == blue).all())


def _chunks(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield a few pictures at a time, as intermediate results take several times their memory."""
    for start in range(0, len(pictures), PICTURES_AT_ONCE):
        yield pictures[start : start + PICTURES_AT_ONCE]
