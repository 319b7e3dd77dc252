"""Conversion of pictures to grey or colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PICTURES_AT_ONCE = 256
# Red, green and blue in 65536ths: ITU-R BT.601, section 2.5.1, in the whole numbers of Pillow.
LUMA = np.array([19595, 38470, 7471], np.uint32)


def are_grey(coloured: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return a mask of the pictures whose pixels are all grey, (pictures,).

    Many sets of grey pictures are saved in colour. Three equal channels have no more information
    than one, and take three times as long.
    Args:
        coloured: (pictures, height, width, 3).
    """
    return np.concatenate([_are_grey(chunk) for chunk in _chunks(coloured)])


def convert_colours(coloured: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Convert pictures to a shape, in grey or colour, whatever their pixels are.

    Args:
        coloured: (pictures, height, width, 3).
        shape: (height, width) for grey, (height, width, 3) for colour, (height, width, 1) for grey
            with one channel.
    Returns:
        (pictures, *shape).
    """
    if shape[2:] == (3,):
        return coloured
    grey_pixels = np.empty(coloured.shape[:3], np.uint8)
    for chunk, into in zip(_chunks(coloured), _chunks(grey_pixels), strict=True):
        into[...] = (chunk @ LUMA + 2**15) >> 16
    return grey_pixels.reshape(-1, *shape)


def _are_grey(pictures: NDArray[np.uint8]) -> NDArray[np.bool_]:
    red, green, blue = np.moveaxis(pictures, -1, 0)
    grey: NDArray[np.bool_] = ((red == green) & (green == blue)).all((1, 2))
    return grey


def _chunks(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield a few pictures at a time, as intermediate results take several times their memory."""
    for start in range(0, len(pictures), PICTURES_AT_ONCE):
        yield pictures[start : start + PICTURES_AT_ONCE]
