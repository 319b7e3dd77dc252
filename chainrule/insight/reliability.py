"""Reliability of probabilities: whether events of probability 80 % occur in 80 % of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Samples whose probability is in the range (low, high].

    Attributes:
        low: lower end of the range, exclusive unless it is 0.
        high: upper end of the range, inclusive.
        count: number of samples.
        mean_probability: mean of their probabilities.
        observed_share: share of them in which the event occurred.
    """

    low: float
    high: float
    count: int
    mean_probability: float
    observed_share: float


def reliability(probabilities: NDArray[np.float64], occurred: NDArray[np.bool_]) -> list[Bin]:
    """Group samples by their probability into bins of equal width; empty bins are left out.

    Args:
        probabilities: (n,) predicted probabilities of an event.
        occurred: (n,) whether the event occurred.
    Source: Niculescu-Mizil & Caruana (2005), Predicting good probabilities with supervised
    learning, section 4, for the diagram of two classes; Guo et al. (2017), On calibration of modern
    neural networks, section 2, for more, by the probability of the predicted class.
    """
    edges = np.linspace(0, 1, BINS + 1)
    indices = np.searchsorted(edges[1:-1], probabilities)
    filled = []
    for index in np.unique(indices):
        inside = indices == index
        filled.append(
            Bin(
                low=float(edges[index]),
                high=float(edges[index + 1]),
                count=int(inside.sum()),
                mean_probability=float(probabilities[inside].mean()),
                observed_share=float(occurred[inside].mean()),
            )
        )
    return filled


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean of |observed share - mean probability|, weighted by samples; 0 is perfect.

    With few samples it is above 0 by chance alone: a share of n samples is off by about
    sqrt(p (1 - p) / n). Source: Guo et al. (2017), section 2.
    """
    samples = sum(one.count for one in bins)
    gaps = (one.count * abs(one.observed_share - one.mean_probability) for one in bins)
    return sum(gaps) / samples
