"""Features are float32, and finite: what is larger than all of its numbers becomes the largest."""

import numpy as np
from numpy.typing import NDArray

LARGEST = float(np.finfo(np.float32).max)


def as_float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The values as float32, kept within its range; infinite ones, too.

    >>> as_float32(np.array([0.5, -1e300])).tolist()
    [0.5, -3.4028234663852886e+38]
    """
    return np.clip(values, -LARGEST, LARGEST).astype(np.float32)
