"""Pictures that are nearly black, as masks and labels of pixels are that were saved as pictures."""

import numpy as np
from numpy.typing import NDArray

# An eighth of white.
DARK = 32


def note_on_brightness(pixels: NDArray[np.uint8]) -> str:
    """Return a note if no value of any picture is an eighth of white, else "".

    >>> note_on_brightness(np.ones((3, 2, 2), np.uint8))
    'no value of the pictures is above 1 of 255, so they are nearly black; scale them to 255'
    """
    brightest = int(pixels.max())
    if brightest >= DARK:
        return ""
    return (
        f"no value of the pictures is above {brightest} of 255, so they are nearly black; scale "
        "them to 255"
    )
