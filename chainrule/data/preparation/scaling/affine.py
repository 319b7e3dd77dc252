"""The affine map z = (x - shift) / scale and its inverse, for numbers of any size.

The scale is given by its half: the range of numbers from -1e308 to 1e308 is no float, its half is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# No training value is so far out under standardisation, for it is at most sqrt(n - 1) deviations
# from the mean: the bound touches only what is absurd. It keeps z and its square finite in float32.
MAX_SCALED = 1e6

# Half of a smaller number loses digits. A column whose values spread less counts as constant.
MIN_SPREAD = 4 * float(np.finfo(np.float64).tiny)


def to_scale(values: NDArray[np.float64], shift: float, half_scale: float) -> NDArray[np.float64]:
    """z, at most a million in size; 0 if the scale is 0."""
    if half_scale == 0:
        return np.zeros_like(values)
    with np.errstate(over="ignore"):  # an infinite quotient is bounded, too
        # Half of a difference does not overflow, and halving changes no digit.
        z = (values / 2 - shift / 2) / half_scale
    return np.clip(z, -MAX_SCALED, MAX_SCALED)


def from_scale(z: NDArray[Any], shift: float, half_scale: float) -> NDArray[np.float64]:
    """x = z scale + shift; the shift if the scale is 0."""
    return 2 * (np.asarray(z, np.float64) * half_scale + shift / 2)
