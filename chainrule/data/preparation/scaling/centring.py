"""Centring: mean 0, in the original unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.scaling import Scaling, scaling
from chainrule.data.preparation.scaling.standardisation import Standardisation


@scaling("centre")
@dataclass(frozen=True)
class Centring(Scaling):
    """z = x - mean, so that the gradients of a unit's weights can have different signs.

    Source: LeCun et al. (1998), Efficient BackProp, section 4.3.
    """

    mean: float

    @classmethod
    def fit(
        cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> Centring:
        """Fit the mean."""
        return cls(Standardisation.fit(values, weights).mean)

    def merged(self, other: Centring, share: float) -> Centring:
        """Return the scaling of both."""
        return Centring((1 - share) * self.mean + share * other.mean)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, infinite where the difference overflows."""
        with np.errstate(over="ignore"):
            return values - self.mean
