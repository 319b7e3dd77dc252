"""Rates of the solver sgd, by scikit-learn's formulas."""

from __future__ import annotations

import pytest

from chainrule.estimators.rates import Adaptive, InverseScaling


def test_the_inversely_scaled_rate_falls_from_epoch_to_epoch_and_not_within_one() -> None:
    rate = InverseScaling(power=0.5, samples=99, updates=3).bind(12)
    factors = [rate.factor(step) for step in range(6)]
    assert factors == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1])  # 1 / sqrt(99 + 1)


def test_the_adaptive_rate_is_a_fifth_after_each_standstill() -> None:
    rate = Adaptive(learning_rate=0.1)
    assert rate.factor(0) == 1
    assert rate.lower()
    assert rate.factor(1) == pytest.approx(0.2)


def test_the_adaptive_rate_ends_where_it_is_a_millionth() -> None:
    rate = Adaptive(learning_rate=1e-6)
    assert not rate.lower()
    assert rate.factor(0) == 1
