"""Pictures that are there more than once."""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def copies(pixels: NDArray[np.uint8]) -> int:
    """How many of the pictures, (pictures, ...), have the very pixels of an earlier one."""
    distinct = {blake2b(picture.tobytes(), digest_size=16).digest() for picture in pixels}
    return len(pixels) - len(distinct)
