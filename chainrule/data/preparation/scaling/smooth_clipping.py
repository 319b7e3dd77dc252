"""Smooth clipping: standardised numbers, bounded to 3 deviations by a smooth curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.scaling import Scaling, scaling
from chainrule.data.preparation.scaling.standardisation import Standardisation

BOUND = 3.0


@scaling("smooth_clip")
@dataclass(frozen=True)
class SmoothClipping(Scaling):
    """s = z / sqrt(1 + (z / 3)^2) of the standardised z.

    The root bounds s to -3 and 3 and hardly changes values near 0: otherwise a rare outlier, such
    as a pixel that is lit in one picture of a thousand, would dominate all other features.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default, "smooth clipping".
    """

    mean: float
    deviation: float

    @classmethod
    def fit(
        cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> SmoothClipping:
        """Fit the mean and the deviation."""
        z = Standardisation.fit(values, weights)
        return cls(z.mean, z.deviation)

    def merged(self, other: SmoothClipping, share: float) -> SmoothClipping:
        """Return the scaling of both."""
        z = self._standardisation.merged(other._standardisation, share)
        return SmoothClipping(z.mean, z.deviation)

    @property
    def constant(self) -> bool:
        """Whether all training values are equal."""
        return self.deviation == 0

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s, of the same shape, at most 3 in magnitude."""
        z = self._standardisation.transform(values)
        s: NDArray[np.float64] = z / np.sqrt(1 + np.square(z / BOUND))
        return s

    @property
    def _standardisation(self) -> Standardisation:
        return Standardisation(self.mean, self.deviation)
