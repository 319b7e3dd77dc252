"""Every schedule equals torch or its formula, and keeps the contract of schedules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainrule.training.schedules import (
    SCHEDULES,
    MultiStep,
    ReduceOnPlateau,
    Schedule,
    Step,
    WarmUp,
)
from tests.training.schedules.oracles import (
    EVERY,
    FORMULAS,
    LOSSES,
    STEPS,
    TORCH,
    factors_of,
    factors_of_torch,
)

runs = st.integers(1, 500).flatmap(
    lambda steps: st.tuples(st.integers(0, steps - 1), st.just(steps))
)
losses = st.lists(st.floats(0, 1e6), max_size=30)
shares = st.floats(0.001, 0.999)

# Any settings that a schedule takes; those without any have none here.
SETTINGS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "constant": {},
    "coslog4": {},
    "flat_cos": {},
    "cosine": {"final": st.floats(0, 1)},
    "exponential": {"final": st.floats(0, 1, exclude_min=True)},
    "step": {"every": shares, "gamma": st.floats(0, 1, exclude_min=True)},
    "multi_step": {
        "at": st.lists(shares, unique=True, max_size=5).map(lambda at: tuple(sorted(at))),
        "gamma": st.floats(0, 1, exclude_min=True),
    },
    "one_cycle": {
        "pct_start": shares,
        "div_factor": st.floats(1, 1e6),
        "final_div_factor": st.floats(1, 1e6),
    },
    "reduce_on_plateau": {
        "gamma": st.floats(0, 1, exclude_min=True),
        "patience": st.integers(1, 5),
        "threshold": st.floats(0, 1, exclude_max=True),
    },
}


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    name = draw(st.sampled_from(sorted(SCHEDULES)))
    kind: Callable[..., Schedule] = SCHEDULES[name]
    return kind(**draw(st.fixed_dictionaries(SETTINGS[name])))


def test_every_registered_schedule_is_compared_with_torch_or_a_formula() -> None:
    compared = {type(ours) for ours, _ in [*TORCH, *FORMULAS]}
    assert compared - {WarmUp} == set(SCHEDULES.values())


@pytest.mark.parametrize(("ours", "theirs"), TORCH, ids=[str(ours) for ours, _ in TORCH])
def test_two_hundred_updates_have_the_rates_of_torch(
    ours: Schedule, theirs: Callable[[Any], Any]
) -> None:
    np.testing.assert_allclose(
        factors_of(ours.bind(STEPS)), factors_of_torch(theirs), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize(("ours", "formula"), FORMULAS, ids=[str(ours) for ours, _ in FORMULAS])
def test_two_hundred_updates_have_the_rates_of_the_formula(
    ours: Schedule, formula: Callable[[Any], Any]
) -> None:
    expected = formula(np.arange(STEPS) / STEPS)
    np.testing.assert_allclose(factors_of(ours.bind(STEPS)), expected, rtol=1e-12, atol=1e-14)


@given(schedule=schedules(), run=runs, losses=losses)
def test_the_rate_is_a_share_of_the_full_rate(
    schedule: Schedule, run: tuple[int, int], losses: list[float]
) -> None:
    step, steps = run
    rate = schedule.bind(steps)
    for loss in losses:
        rate.validated(loss)
    assert 0 <= rate.factor(step) <= 1


@given(schedule=schedules(), steps=st.integers(2, 500), data=st.data())
def test_the_rate_is_a_share_of_the_full_rate_behind_a_warm_up(
    schedule: Schedule, steps: int, data: st.DataObject
) -> None:
    length = data.draw(st.integers(1, steps - 1))
    start = data.draw(st.floats(0, 1, exclude_min=True))
    if isinstance(schedule, MultiStep | Step):
        assume(schedule.factor(length, steps) == 1)  # otherwise refused
    rate = WarmUp(schedule, length, start).bind(steps)
    assert all(0 <= rate.factor(step) <= 1 for step in range(steps))


@given(schedule=schedules(), run=runs, losses=losses)
def test_the_rate_follows_from_the_update_and_the_losses_alone(
    schedule: Schedule, run: tuple[int, int], losses: list[float]
) -> None:
    step, steps = run
    queried, resumed = schedule.bind(steps), schedule.bind(steps)
    for loss in losses:
        queried.factor(0)
        queried.validated(loss)
    for loss in losses:
        resumed.validated(loss)
    assert queried.factor(step) == resumed.factor(step)


@pytest.mark.parametrize("name", SCHEDULES)
def test_two_runs_of_one_schedule_know_nothing_of_each_other(name: str) -> None:
    schedule = SCHEDULES[name]()
    assert factors_of(schedule.bind(STEPS)) == factors_of(schedule.bind(STEPS))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_of_one_update_has_a_rate(name: str) -> None:
    assert math.isfinite(SCHEDULES[name]().bind(1).factor(0))


def test_the_losses_of_the_comparison_lower_the_rate_more_than_once() -> None:
    factors = factors_of(ReduceOnPlateau(patience=2).bind(STEPS))
    assert len(LOSSES) == STEPS // EVERY
    assert len(set(factors)) > 2
