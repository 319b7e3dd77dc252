"""Confidence intervals, compared with SciPy and with their nominal coverage."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from chainrule.training.model.confidence_intervals import bootstrap_intervals, wilson_interval


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (1, 3), (37, 100), (100, 100)])
def test_the_interval_of_a_share_is_that_of_scipy(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    interval = wilson_interval(successes, trials)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def mean_of(values: Tensor) -> dict[str, float]:
    return {"mean": float(values.mean())}


def interval_of_the_mean(values: Tensor, *, seed: int = 0, resamples: int = 2000) -> list[float]:
    interval = bootstrap_intervals(
        lambda draws: map(mean_of, values[draws]), len(values), resamples=resamples, seed=seed
    )["mean"]
    return [interval.low, interval.high]


def test_the_interval_of_a_mean_is_that_of_scipy_but_for_the_drawings() -> None:
    values = np.random.default_rng(3).gamma(2.0, size=80)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(4)
    ).confidence_interval
    interval = interval_of_the_mean(torch.from_numpy(values), resamples=5000)
    width = expected.high - expected.low
    assert interval == pytest.approx([expected.low, expected.high], abs=0.04 * width)


def test_about_95_of_100_intervals_hold_the_truth() -> None:
    draws = np.random.default_rng(5).normal(10, 3, size=(200, 60))
    held = 0
    for number, sample in enumerate(draws):
        low, high = interval_of_the_mean(torch.from_numpy(sample), seed=number, resamples=200)
        held += low <= 10 <= high
    assert 0.90 <= held / len(draws) <= 0.98


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = torch.arange(30.0)
    assert interval_of_the_mean(values, seed=1) == interval_of_the_mean(values, seed=1)
    assert interval_of_the_mean(values, seed=1) != interval_of_the_mean(values, seed=2)


def test_resamples_on_which_a_score_is_not_defined_are_left_out() -> None:
    def sometimes(draws: Tensor) -> list[dict[str, float]]:
        return [{"largest": 7.0} if 0 in rows else {} for rows in draws]

    assert bootstrap_intervals(sometimes, 5, resamples=50, seed=0)["largest"].low == 7.0
