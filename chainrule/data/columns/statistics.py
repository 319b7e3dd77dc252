"""Statistics of numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def skew_of(values: NDArray[np.float64]) -> float:
    """Return the skewness, the mean of ((x - mean) / deviation)^3; 0 for a constant.

    It is positive if a few values are much larger than most. Source: Joanes & Gill (1998),
    Comparing measures of sample skewness and kurtosis, g1.
    """
    if not values.any():
        return 0.0
    scaled = values / np.abs(values).max()  # so that no power overflows
    deviations = scaled - scaled.mean()
    deviation = float(deviations.std())
    return float(((deviations / deviation) ** 3).mean()) if deviation > 0 else 0.0
