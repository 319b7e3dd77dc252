"""Min-max scaling: the range of the training values becomes 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.affine import MIN_SPREAD, to_scale
from chainrule.data.preparation.scaling.scaling import Scaling, scaling


@scaling("min_max")
@dataclass(frozen=True)
class MinMax(Scaling):
    """z = (x - low) / (high - low), with the minimum and the maximum of the training values.

    Other values can lie outside 0 to 1 and are clipped to a million. z = 0 for a constant.
    """

    low: float
    high: float

    @classmethod
    def fit(cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> MinMax:
        """Fit the minimum and the maximum."""
        return cls(float(values.min()), float(values.max()))

    def merged(self, other: MinMax, share: float) -> MinMax:
        """Return the scaling of both."""
        return MinMax(min(self.low, other.low), max(self.high, other.high))

    @property
    def constant(self) -> bool:
        """Whether all training values are equal."""
        return self._half_range == 0

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, of the same shape, clipped to a million."""
        return to_scale(values, self.low, self._half_range)

    @property
    def _half_range(self) -> float:
        half = self.high / 2 - self.low / 2
        return half if half >= MIN_SPREAD else 0.0
