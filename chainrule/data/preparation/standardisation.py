"""Standardisation: numbers moved to mean 0 and scaled to deviation 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record

# Among n training values none is further than sqrt(n - 1) deviations from the mean, so the bound
# touches only later values that are absurd. It keeps them, and their squares, finite in float32.
FURTHEST = 1e6


@dataclass(frozen=True)
class Standardisation:
    """z = (x - mean) / deviation, and back x = z deviation + mean.

    The deviation is the biased one, over n and not n - 1. Of a constant it is 0, and then z = 0;
    so it is of values whose deviation is below about 1e-307, where floats lose their digits.
    """

    mean: float
    deviation: float

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> Standardisation:
        """The mean and the deviation of values, (n,), finite, at least one.

        The values are first scaled by a power of two to below 1 in size, which changes no digit,
        so that neither their sum nor their squares overflow.
        """
        _, exponent = math.frexp(np.abs(values).max())
        scaled = np.ldexp(values, -exponent)
        mean, deviation = float(scaled.mean()), float(scaled.std())
        if values.min() == values.max():  # the rounded mean of equal values can differ from them
            mean, deviation = float(scaled[0]), 0.0
        mean, deviation = math.ldexp(mean, exponent), math.ldexp(deviation, exponent)
        smallest = 4 * float(np.finfo(np.float64).tiny)  # below it halves lose digits
        return cls(mean, deviation if deviation >= smallest else 0.0)

    @property
    def constant(self) -> bool:
        """Whether all values that it was fitted on were the same."""
        return self.deviation == 0

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """z of the same shape, at most a million in size."""
        if self.constant:
            return np.zeros_like(values)
        with np.errstate(over="ignore"):  # an infinite quotient is bounded, too
            # Half of a difference does not overflow, and halving changes no digit.
            z = (values / 2 - self.mean / 2) / (self.deviation / 2)
        return np.clip(z, -FURTHEST, FURTHEST)

    def undo(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """x of the same shape, as float64."""
        return np.asarray(z, np.float64) * self.deviation + self.mean

    def as_json(self) -> Json:
        """Its fields."""
        return {"mean": self.mean, "deviation": self.deviation}

    @classmethod
    def from_json(cls, given: object) -> Standardisation:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        return cls(**read_record("standardisation", given, {"mean": float, "deviation": float}))
