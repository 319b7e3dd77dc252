"""Quantile scaling: the rank among the training values, as a normal deviate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.preparation.array import Array
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.scaling.affine import MIN_SPREAD
from chainrule.data.preparation.scaling.scaling import Scaling, scaling
from chainrule.data.preparation.weighted import quantiles

MAX_QUANTILES = 1000
# Normal deviates of the ranks 0 and 1 are infinite: they become those of 1e-7 and 1 - 1e-7, as a
# number that float32 has.
MAX_DEVIATE = float(np.float32(5.199337582))


@scaling("quantile")
@dataclass(frozen=True)
class Quantile(Scaling):
    """z = Phi^-1(F(x)): training values become normal with mean 0 and deviation 1.

    Phi is the distribution function of the standard normal, F that of the training values: linear
    between their quantiles, which are the values themselves, or 1000 evenly spaced ones of more
    values. A repeated value has the mean of its ranks, also at the ends, so that a column with half
    its values 0 has no outliers. Values outside the training range become 5.2 or -5.2. z = 0 for a
    constant.
    Source: Beasley, Erickson & Allison (2009), Rank-based inverse normal transformations are
    increasingly used, but are they merited?
    Args:
        quantiles: of the training values, ascending, from the minimum to the maximum.
    """

    quantiles: Array

    @classmethod
    def fit(
        cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> Quantile:
        """Fit the quantiles."""
        if weights is not None and _are_counts(weights) and weights.sum() <= MAX_QUANTILES:
            values, weights = values.repeat(weights.astype(np.int64)), None
        if weights is None and len(values) <= MAX_QUANTILES:
            return cls(Array(np.sort(values)))
        # Differences of halves do not overflow. Interpolation can err in the last digit, so the
        # order is restored.
        evenly_spaced = 2 * quantiles(values / 2, weights, _ranks(MAX_QUANTILES))
        return cls(Array(np.maximum.accumulate(evenly_spaced)))

    @property
    def constant(self) -> bool:
        """Whether all training values are equal."""
        return bool(self._halves[-1] - self._halves[0] < MIN_SPREAD)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, of the same shape, at most 5.2 in magnitude."""
        if self.constant:
            return np.zeros_like(values)
        halves, ranks = self._halves, _ranks(len(self._halves))
        # Of equal quantiles np.interp finds the last; with all signs changed, the first.
        last = np.interp(values / 2, halves, ranks)
        first = -np.interp(-values / 2, -halves[::-1], -ranks[::-1])
        # Between quantiles that differ only by subnormal numbers, slopes are infinite.
        rank = (np.clip(first, 0, 1) + np.clip(last, 0, 1)) / 2
        z: NDArray[np.float64] = torch.special.ndtri(torch.from_numpy(rank)).numpy()
        return np.clip(z, -MAX_DEVIATE, MAX_DEVIATE)

    def as_json(self) -> Json:
        """Return the kind and the quantiles as a JSON object."""
        return {"kind": self.kind, "quantiles": self.quantiles.as_json()}

    @classmethod
    def from_json(cls, value: object) -> Quantile:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        fields = read_fields("scaling quantile", value, {"kind": cls.kind, "quantiles": dict})
        stored = Array.from_json("quantiles", fields["quantiles"], axes=1)
        if (stored.values[1:] < stored.values[:-1]).any():
            raise damaged("quantiles", "numbers out of order", "them to ascend")
        return cls(stored)

    @property
    def _halves(self) -> NDArray[np.float64]:
        return self.quantiles.values / 2


def _ranks(count: int) -> NDArray[np.float64]:
    """Return the ranks of evenly spaced quantiles, from 0 to 1."""
    return np.linspace(0, 1, count)


def _are_counts(weights: NDArray[np.float64]) -> bool:
    """Return whether all weights are whole numbers, so that they count copies."""
    return bool((weights == np.floor(weights)).all())
