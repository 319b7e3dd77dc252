"""Statistics of weighted values, where a value of weight 2 is the same as two equal values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def quantiles(
    values: Numbers, weights: Numbers | None, shares: Sequence[float] | Numbers
) -> Numbers:
    """Return quantiles of values, interpolated between the two nearest.

    With W the sum of the weights, the quantile of a share q lies at the position (W - 1) q of the
    sorted values, of which each fills as many positions as its weight says. Without weights that is
    definition 7 of Hyndman & Fan (1996), Sample quantiles in statistical packages.
    Source: Harrell, Hmisc, wtd.quantile.
    Args:
        values: (n,), finite.
        weights: (n,), above 0, as numbers of rows; None if all are 1.
        shares: from 0 to 1.
    """
    if weights is None:
        return np.quantile(values, shares)
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(weights[order])
    position = np.maximum(ends[-1] - 1, 0) * np.asarray(shares)
    low = np.floor(position)

    def at(positions: Numbers) -> Numbers:
        """Return the value that fills each position."""
        index = np.searchsorted(ends, positions, side="right")
        return np.asarray(values[order][np.minimum(index, len(values) - 1)])

    part = position - low
    return np.where(part > 0, (1 - part) * at(low) + part * at(low + 1), at(low))


def mean_and_deviation(values: Numbers, weights: Numbers | None) -> tuple[float, float]:
    """Return the mean, and the deviation over n, or over the sum of the weights."""
    if weights is None:
        return float(values.mean()), float(values.std())
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average(np.square(values - mean), weights=weights)))


def counted(values: NDArray[np.object_], weights: Numbers | None) -> dict[Any, float]:
    """Return the number of rows of each value, or the sum of their weights."""
    counts: dict[Any, float] = {}
    if weights is None:
        return {**Counter(values.tolist())}
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        counts[value] = counts.get(value, 0) + weight
    return counts
