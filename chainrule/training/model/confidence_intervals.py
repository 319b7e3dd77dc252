"""Confidence intervals of scores, at 95 %.

If new rows were drawn many times, and an interval computed from each draw, about 95 of 100 of them
would contain the score on the whole population. Both methods assume independent rows: with several
rows for each patient or day, for example, the intervals are too narrow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from chainrule import randomness

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2

# Resamples that are drawn and measured at a time, and rows of all of them together.
AT_ONCE, ROWS_AT_ONCE = 250, 2**24


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, from low to high."""

    low: float
    high: float


def wilson_interval(successes: float, trials: float) -> Interval:
    """Return the Wilson score interval of a proportion p = successes / trials.

        (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),  z = 1.96

    It has a width even if all trials succeed, where a bootstrap interval has none.
    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference;
    recommended by Brown, Cai & DasGupta (2001), Interval estimation for a binomial proportion.

    >>> interval = wilson_interval(10, 10)
    >>> round(interval.low, 3), interval.high
    (0.722, 1.0)
    """
    p, n, z = successes / trials, trials, NormalDist().inv_cdf(1 - _TAIL)
    middle = p + z**2 / (2 * n)
    half_width = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = ((middle + sign * half_width) / (1 + z**2 / n) for sign in (-1, 1))
    return Interval(max(0.0, low), min(1.0, high))


def effective_number(weights: Tensor) -> float:
    """Return how many equally weighted rows give a mean of the same variance: (sum w)^2 / sum w^2.

    Source: Kish (1965), Survey sampling, section 11.7.

    >>> effective_number(torch.tensor([1.0, 1.0, 1.0])), effective_number(torch.tensor([1e9, 1.0]))
    (3.0, 1.000000002)
    """
    shares = weights.double() / weights.double().sum()
    return float(1 / shares.square().sum())


def bootstrap_intervals(
    measure: Callable[[Tensor], Iterable[Mapping[str, float]]],
    rows: int,
    *,
    resamples: int,
    seed: int,
    update: Callable[[int], None] | None = None,
) -> dict[str, Interval]:
    """Return the percentile bootstrap interval of each score.

    For each resample, rows are drawn with replacement and the scores computed. The interval of a
    score is from its 2.5 % to its 97.5 % quantile over the resamples for which it is defined.
    Args:
        measure: yields the scores of each of some resamples from the indices of their rows,
            (resamples, rows).
        rows: number of rows.
        resamples: number of resamples.
        seed: seed of the draws.
        update: called with the number of finished resamples; None for no progress.
    Source: Efron & Tibshirani (1993), An introduction to the bootstrap, section 13.3.
    """
    samples: dict[str, list[float]] = defaultdict(list)
    done = 0
    at_once = max(1, min(AT_ONCE, ROWS_AT_ONCE // rows))
    for numbers in torch.arange(resamples).split(at_once):
        drawn = torch.stack([_drawn(rows, seed, number) for number in numbers.tolist()])
        for scores in measure(drawn):
            for name, score in scores.items():
                samples[name].append(score)
            done += 1
            if update is not None:
                update(done)
    return {
        name: Interval(*(float(q) for q in np.quantile(scores, [_TAIL, 1 - _TAIL])))
        for name, scores in samples.items()
    }


def _drawn(rows: int, seed: int, number: int) -> Tensor:
    """Return the rows of a resample, drawn with replacement, (rows,)."""
    draw = randomness.generator(seed, "bootstrap", number)
    return torch.randint(rows, (rows,), generator=draw)
