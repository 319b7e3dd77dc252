"""The affine map z = (x - shift) / scale and its inverse, for numbers of any size.

Half of the scale is stored, as the range of numbers from -1e308 to 1e308 overflows and half of it
does not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# A training value is at most sqrt(n - 1) deviations from the mean, so only absurd values of other
# rows are clipped. The bound keeps z and its square finite in float32.
MAX_SCALED = 1e6

# Half of a smaller number loses digits. A column with a smaller spread is treated as constant.
MIN_SPREAD = 4 * float(np.finfo(np.float64).tiny)


def to_scale(values: NDArray[np.float64], shift: float, half_scale: float) -> NDArray[np.float64]:
    """Return z, clipped to a million; 0 if the scale is 0."""
    if half_scale == 0:
        return np.zeros_like(values)
    with np.errstate(over="ignore"):  # an infinite quotient is clipped
        # Half of a difference does not overflow, and halving is exact.
        z = (values / 2 - shift / 2) / half_scale
    return np.clip(z, -MAX_SCALED, MAX_SCALED)


def from_scale(z: NDArray[Any], shift: float, half_scale: float) -> NDArray[np.float64]:
    """Return x = z scale + shift; the shift if the scale is 0."""
    return 2 * (np.asarray(z, np.float64) * half_scale + shift / 2)
