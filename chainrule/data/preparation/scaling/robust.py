"""Robust scaling by median and quartiles, which outliers do not affect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.affine import MIN_SPREAD, to_scale
from chainrule.data.preparation.scaling.scaling import Scaling, scaling
from chainrule.data.preparation.weighted import quantiles


@scaling("robust")
@dataclass(frozen=True)
class Robust(Scaling):
    """z = (x - median) / spread, where the spread is the interquartile range.

    Where both quartiles are equal, the spread is half the range, so that z differs by 2 from the
    least to the greatest value; of a constant z = 0. z is kept within a million.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default, section 3.
    Args:
        median: of the training values.
        half_spread: half the spread, as the spread of the largest numbers overflows.
    """

    median: float
    half_spread: float

    @classmethod
    def fit(cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Robust:
        """Fit the median and the spread; quartiles between two values are interpolated."""
        minimum, first, median, third, maximum = map(
            float, quantiles(values / 2, weights, [0, 0.25, 0.5, 0.75, 1])
        )
        half_spread = third - first
        if half_spread < MIN_SPREAD:
            half_spread = (maximum - minimum) / 2
        return cls(2 * median, half_spread if half_spread >= MIN_SPREAD else 0.0)

    @property
    def constant(self) -> bool:
        """Whether all training values are equal."""
        return self.half_spread == 0

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, of the same shape, clipped to a million."""
        return to_scale(values, self.median, self.half_spread)
