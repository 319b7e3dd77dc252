"""Reliability: probabilities beside the shares in which it was so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from chainrule.insight.reliability import BINS, expected_calibration_error, reliability


def samples(count: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that promise too much, and what happened."""
    drawn = np.random.default_rng(seed)
    probabilities = drawn.beta(0.6, 0.4, count)
    return probabilities, drawn.random(count) < probabilities**2


def test_it_is_the_calibration_curve_of_scikit_learn() -> None:
    probabilities, happened = samples()
    found = reliability(probabilities, happened)
    shares, means = calibration_curve(happened, probabilities, n_bins=BINS, strategy="uniform")
    np.testing.assert_allclose([one.observed_share for one in found], shares)
    np.testing.assert_allclose([one.mean_probability for one in found], means)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_every_sample_is_in_the_one_range_that_has_its_probability(given: list[float]) -> None:
    probabilities = np.array(given)
    found = reliability(probabilities, probabilities > 0.5)
    assert sum(one.count for one in found) == len(given)
    for one in found:
        assert one.low - 1e-9 <= one.mean_probability <= one.high + 1e-9


def test_a_range_without_samples_is_left_out() -> None:
    found = reliability(np.array([0.05, 0.95]), np.array([False, True]))
    assert [one.low for one in found] == pytest.approx([0.0, 0.9])
    assert [one.high for one in found] == pytest.approx([0.1, 1.0])


def test_the_error_is_the_mean_distance_weighted_by_the_samples() -> None:
    # Three samples called 0.9 of which one is so, one called 0.2 that is not:
    # (3 |1/3 - 0.9| + 1 |0 - 0.2|) / 4 = (1.7 + 0.2) / 4
    probabilities = np.array([0.9, 0.9, 0.9, 0.2])
    bins = reliability(probabilities, np.array([True, False, False, False]))
    assert expected_calibration_error(bins) == pytest.approx(1.9 / 4)


def test_probabilities_that_are_true_have_next_to_no_error() -> None:
    drawn = np.random.default_rng(1)
    probabilities = drawn.random(200_000)
    bins = reliability(probabilities, drawn.random(200_000) < probabilities)
    # In each of ten ranges 20,000 samples: the share is off by at most sqrt(1/4 / 20000) = 0.0035
    # on average.
    assert expected_calibration_error(bins) < 0.0035
