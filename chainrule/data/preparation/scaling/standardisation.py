"""Standardisation: mean 0 and deviation 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.affine import MIN_SPREAD, from_scale, to_scale
from chainrule.data.preparation.scaling.scaling import Scaling, scaling
from chainrule.data.preparation.weighted import mean_and_deviation


@scaling("standardise")
@dataclass(frozen=True)
class Standardisation(Scaling):
    """z = (x - mean) / deviation, and back x = z deviation + mean.

    The deviation is the biased one, over n and not n - 1. It is 0 for a constant, and then z = 0;
    so it is for values whose deviation is below about 1e-307, where floats lose digits.
    Other values are clipped to a million deviations.
    Source: LeCun et al. (1998), Efficient BackProp, section 4.3.
    """

    mean: float
    deviation: float

    @classmethod
    def fit(cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Self:
        """Fit the mean and the deviation.

        The values are first scaled by a power of two to magnitudes below 1, which is exact, so that
        neither their sum nor their squares overflow.
        """
        _, exponent = math.frexp(np.abs(values).max())
        scaled = np.ldexp(values, -exponent)
        mean, deviation = mean_and_deviation(scaled, weights)
        if values.min() == values.max():  # the rounded mean of equal values can differ from them
            mean, deviation = float(scaled[0]), 0.0
        mean, deviation = math.ldexp(mean, exponent), math.ldexp(deviation, exponent)
        return cls(mean, deviation if deviation >= MIN_SPREAD else 0.0)

    def merged(self, other: Self, share: float) -> Self:
        """Return the standardisation of both: with p the share of the other and q = 1 - p,

            mean = q mean_1 + p mean_2,  variance = q v_1 + p v_2 + p q (mean_2 - mean_1)^2.

        Source: Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance:
        analysis and recommendations, section 3.
        """
        rest = 1 - share
        half_distance = other.mean / 2 - self.mean / 2  # half of it does not overflow
        deviation = math.hypot(
            math.sqrt(rest) * self.deviation,
            math.sqrt(share) * other.deviation,
            2 * math.sqrt(share * rest) * half_distance,
        )
        mean = rest * self.mean + share * other.mean
        return type(self)(mean, deviation if deviation >= MIN_SPREAD else 0.0)

    @property
    def constant(self) -> bool:
        """Whether all training values are equal."""
        return self.deviation == 0

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, of the same shape, clipped to a million."""
        return to_scale(values, self.mean, self.deviation / 2)

    def inverse_transform(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """x of the same shape, as float64."""
        return from_scale(z, self.mean, self.deviation / 2)
