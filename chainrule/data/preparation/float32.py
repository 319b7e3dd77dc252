"""Conversion of features to finite float32 numbers."""

import numpy as np
from numpy.typing import NDArray

LARGEST = float(np.finfo(np.float32).max)


def as_float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the values as float32, clipped to its range, infinite ones, too.

    >>> as_float32(np.array([0.5, -1e300])).tolist()
    [0.5, -3.4028234663852886e+38]
    """
    return np.clip(values, -LARGEST, LARGEST).astype(np.float32)
