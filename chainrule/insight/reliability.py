"""Reliability: does what was called 80 % probable happen in 80 % of the cases?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The samples whose probability is in a range.

    Attributes:
        low: end of the range, which does not belong to it, unless it is 0.
        high: end of the range, which belongs to it.
        count: number of samples.
        said: the mean of their probabilities.
        happened: the share of them in which it was so.
    """

    low: float
    high: float
    count: int
    said: float
    happened: float


def reliability(
    probabilities: NDArray[np.float64], happened: NDArray[np.bool_], bins: int = BINS
) -> list[Bin]:
    """The samples by their probability, in ranges of equal width that have any.

    Args:
        probabilities: (n,) of an event.
        happened: (n,) whether it was so.
        bins: how many ranges there are from 0 to 1.
    Source: Niculescu-Mizil & Caruana (2005), Predicting good probabilities with supervised
    learning, section 4, for the diagram of two classes; Guo et al. (2017), On calibration of modern
    neural networks, section 2, for more, by the probability of the class that was said.
    """
    edges = np.linspace(0, 1, bins + 1)
    places = np.searchsorted(edges[1:-1], probabilities)
    found = []
    for place in np.unique(places):
        here = places == place
        found.append(
            Bin(
                low=float(edges[place]),
                high=float(edges[place + 1]),
                count=int(here.sum()),
                said=float(probabilities[here].mean()),
                happened=float(happened[here].mean()),
            )
        )
    return found


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean of |happened - said| over the bins, each weighted by its samples; 0 is perfect.

    Of few samples it is above 0 by chance alone: a share of n samples is off by about
    sqrt(p (1 - p) / n). Source: Guo et al. (2017), section 2.
    """
    samples = sum(one.count for one in bins)
    return sum(one.count * abs(one.happened - one.said) for one in bins) / samples
