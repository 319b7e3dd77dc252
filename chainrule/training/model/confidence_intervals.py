"""Intervals of confidence: between which bounds a score would lie on all the data there could be.

If fresh rows were drawn again and again, and the interval computed of each drawing, about 95 of 100
of these intervals would hold the score of all possible rows. Both ways need rows that are drawn
independently: of many rows of the same patient, or the same day, they promise too much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from chainrule import randomness

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class Interval:
    """From low to high, at the confidence of 95 %."""

    low: float
    high: float


def wilson_interval(successes: int, trials: int) -> Interval:
    """The interval of a share of successes p = successes / trials, by Wilson's score.

        (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),  z = 1.96

    Where every trial succeeds, it still says how few they were; resampling them would say nothing.
    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference;
    recommended by Brown, Cai & DasGupta (2001), Interval estimation for a binomial proportion.

    >>> interval = wilson(10, 10)
    >>> round(interval.low, 3), interval.high
    (0.722, 1.0)
    """
    p, n, z = successes / trials, trials, NormalDist().inv_cdf(1 - _TAIL)
    middle = p + z**2 / (2 * n)
    reach = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = ((middle + sign * reach) / (1 + z**2 / n) for sign in (-1, 1))
    return Interval(max(0.0, low), min(1.0, high))


def bootstrap_intervals(
    measure: Callable[[Tensor], Mapping[str, float]],
    rows: int,
    *,
    resamples: int,
    seed: int,
    tell: Callable[[int], None] | None = None,
) -> dict[str, Interval]:
    """The interval of each of several scores, by resampling the rows they are computed of.

    As many rows as there are are drawn with replacement, and measured; that again and again. The
    interval leaves out the lowest and the highest 2.5 % of the scores that came of it. A resample
    on which a score is not defined is left out of it.
    Args:
        measure: the scores of some rows, given by their indices, (rows,).
        rows: that there are.
        resamples: how often they are drawn.
        seed: same seed, same interval.
        tell: is called with how many resamples are done.
    Source: Efron & Tibshirani (1993), An introduction to the bootstrap, section 13.3.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(resamples):
        draw = randomness.generator(seed, "bootstrap", number)
        drawn = torch.randint(rows, (rows,), generator=draw)
        for name, score in measure(drawn).items():
            found[name].append(score)
        if tell is not None:
            tell(number + 1)
    return {
        name: Interval(*(float(q) for q in np.quantile(scores, [_TAIL, 1 - _TAIL])))
        for name, scores in found.items()
    }
