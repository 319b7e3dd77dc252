"""Properties of single schedules, and how schedules are looked up and refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.registry import named
from chainrule.training.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Coslog4,
    Exponential,
    FlatCos,
    MultiStep,
    OneCycle,
    ReduceOnPlateau,
    Schedule,
    Step,
    WarmUp,
    check_length,
)


def factors(schedule: Schedule, steps: int) -> list[float]:
    rate = schedule.bind(steps)
    return [rate.factor(step) for step in range(steps)]


@pytest.mark.parametrize("steps", [3, 7, 10, 30, 1000])
def test_a_place_of_seven_tenths_is_the_update_nearest_to_it(steps: int) -> None:
    dropped = factors(MultiStep(at=(0.7,)), steps).index(0.1)
    assert dropped == (7 * steps + 5) // 10


def test_a_stretch_is_never_shorter_than_an_update() -> None:
    assert factors(Step(every=0.01, gamma=0.5), 4) == [1, 0.5, 0.25, 0.125]


def test_a_cosine_is_half_way_down_in_the_middle() -> None:
    assert factors(Cosine(final=0.2), 10)[5] == pytest.approx(0.6)


def test_one_cycle_reaches_the_full_rate_once() -> None:
    cycle = factors(OneCycle(), 100)
    assert [step for step, factor in enumerate(cycle) if factor == 1] == [29]


def test_one_cycle_ends_at_its_final_rate() -> None:
    assert factors(OneCycle(), 100)[-1] == pytest.approx(1 / 25 / 1e4, rel=1e-9)


def test_coslog4_falls_to_nothing_three_times_before_the_run_ends() -> None:
    # log2(1 + 15 t) is whole at t = 1/15, 3/15 and 7/15; the fourth time is the end itself.
    zeros = [step for step, factor in enumerate(factors(Coslog4(), 1500)) if factor < 1e-12]
    assert zeros == [0, 100, 300, 700]


def test_flat_cos_is_full_for_half_of_the_run_and_half_at_three_quarters() -> None:
    course = factors(FlatCos(), 100)
    assert course[:51] == [1.0] * 51
    assert course[51] < 1
    assert course[75] == pytest.approx(0.5)


def test_the_first_update_of_a_warm_up_has_a_rate_above_nothing() -> None:
    assert factors(WarmUp(Constant(), length=5), 10)[0] == 0.01


def test_a_warm_up_reaches_the_full_rate_with_the_first_update_of_the_schedule() -> None:
    assert factors(WarmUp(Constant(), length=4, start=0.2), 6) == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 1, 1]
    )


def test_a_length_below_1_is_a_share_of_the_run() -> None:
    share, whole = (WarmUp(Cosine(), length) for length in (0.25, 25))
    assert factors(share, 100) == factors(whole, 100)


def test_the_schedule_behind_a_warm_up_takes_the_updates_that_remain() -> None:
    assert factors(WarmUp(Cosine(), length=30), 100)[30:] == factors(Cosine(), 70)


@pytest.mark.parametrize("length", [0.05, 20, 0.49])
def test_a_warm_up_does_not_move_the_points_of_multi_step(length: float) -> None:
    course = factors(WarmUp(MultiStep(at=(0.5, 0.75)), length), 200)
    assert course[:100] == factors(WarmUp(Constant(), length), 200)[:100]
    assert course[100:] == factors(MultiStep(at=(0.5, 0.75)), 200)[100:]
    assert course[99:101] == [1, 0.1]
    assert course[149:151] == pytest.approx([0.1, 0.01])


def test_a_warm_up_does_not_move_the_intervals_of_step() -> None:
    course = factors(WarmUp(Step(every=0.25, gamma=0.5), length=10), 100)
    assert course[10:] == factors(Step(every=0.25, gamma=0.5), 100)[10:]


@pytest.mark.parametrize("schedule", [MultiStep(at=(0.5, 0.75)), Step(every=0.5)])
def test_a_warm_up_that_ends_behind_the_first_step_is_refused(schedule: Schedule) -> None:
    message = "warm-up: got a length of 50 of 100 updates, after which the schedule "
    with pytest.raises(InputError, match=message):
        WarmUp(schedule, length=0.5).bind(100)


def test_a_schedule_behind_a_warm_up_hears_of_the_validation_losses() -> None:
    rate = WarmUp(ReduceOnPlateau(patience=1), length=2).bind(10)
    rate.validated(1.0)
    rate.validated(1.0)
    assert rate.factor(2) == 0.1


def test_the_rate_stays_until_the_patience_has_run_out() -> None:
    plateau = ReduceOnPlateau(patience=3)
    falling = [1.0, 0.9]
    assert plateau.factor_after([*falling, 0.9, 0.9]) == 1
    assert plateau.factor_after([*falling, 0.9, 0.9, 0.9]) == 0.1


def test_after_a_reduction_the_patience_begins_anew() -> None:
    plateau = ReduceOnPlateau(patience=2)
    assert plateau.factor_after([1.0] * 4) == 0.1
    assert plateau.factor_after([1.0] * 5) == pytest.approx(0.01)


def test_a_lower_loss_gives_the_patience_back() -> None:
    plateau = ReduceOnPlateau(patience=2)
    assert plateau.factor_after([1.0, 1.0, 0.9, 0.9, 0.8, 0.8]) == 1


def test_a_loss_below_zero_has_to_fall_too() -> None:
    plateau = ReduceOnPlateau(patience=1, threshold=0.1)
    assert plateau.factor_after([-1.0, -1.05]) == 0.1
    assert plateau.factor_after([-1.0, -1.15]) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", Constant()),
        ("cosine", Cosine()),
        ("coslog4", Coslog4()),
        ("exponential", Exponential()),
        ("flat_cos", FlatCos()),
        ("multi_step", MultiStep()),
        ("one_cycle", OneCycle()),
        ("reduce_on_plateau", ReduceOnPlateau()),
        ("step", Step()),
    ],
)
def test_a_schedule_is_found_by_its_name(name: str, expected: Schedule) -> None:
    assert named(name, SCHEDULES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cosine:0.1", Cosine(0.1)),
        ("multi_step:at=0.2/0.4,gamma=0.5", MultiStep((0.2, 0.4), 0.5)),
        ("multi_step:at=0.5,0.75", MultiStep((0.5, 0.75))),
        ("multi_step:0.2,0.4,0.6,gamma=0.5", MultiStep((0.2, 0.4, 0.6), 0.5)),
        ("one_cycle:0.25,div_factor=10,final_div_factor=1e5", OneCycle(0.25, 10, 1e5)),
        ("reduce_on_plateau:gamma=0.5,patience=3", ReduceOnPlateau(0.5, 3)),
        ("step:every=0.1,gamma=0.7", Step(0.1, 0.7)),
    ],
)
def test_a_schedule_takes_its_settings_from_a_text(text: str, expected: Schedule) -> None:
    assert named(text, SCHEDULES) == expected


def test_an_unknown_schedule_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        named("cosin", SCHEDULES)
    assert str(error.value) == (
        "schedule 'cosin' is not known. Did you mean 'cosine'? "
        f"Known are: {', '.join(sorted(SCHEDULES))}."
    )


def test_a_value_out_of_bounds_is_refused_with_one_that_works() -> None:
    with pytest.raises(InputError) as error:
        Step(every=1.5)
    assert str(error.value) == (
        "Step: got every=1.5, expected a number above 0 and at most 1, such as every=0.25."
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("step", {"every": 0}),
        ("step", {"gamma": 1.1}),
        ("multi_step", {"at": (0.75, 0.5)}),
        ("multi_step", {"at": (0.5, 1.0)}),
        ("multi_step", {"gamma": 0}),
        ("exponential", {"final": 0}),
        ("cosine", {"final": -0.1}),
        ("one_cycle", {"pct_start": 1}),
        ("one_cycle", {"div_factor": 0.5}),
        ("one_cycle", {"final_div_factor": float("inf")}),
        ("reduce_on_plateau", {"gamma": 2}),
        ("reduce_on_plateau", {"patience": 0}),
        ("reduce_on_plateau", {"patience": 2.5}),
        ("reduce_on_plateau", {"threshold": float("nan")}),
    ],
)
def test_values_that_no_schedule_can_have_are_refused(name: str, settings: dict[str, Any]) -> None:
    (setting,) = settings
    kind: Callable[..., Schedule] = SCHEDULES[name]
    with pytest.raises(InputError, match=f"got {setting}=.*, expected .*, such as {setting}="):
        kind(**settings)


@pytest.mark.parametrize("length", [0, -1, 1.5, float("nan"), float("inf")])
def test_a_warm_up_without_a_length_is_refused(length: float) -> None:
    with pytest.raises(InputError, match=r"got length=.*, expected .*, such as length=0\.05"):
        WarmUp(Constant(), length)


def test_a_warm_up_that_begins_at_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"got start=0, expected .*, such as start=0\.01"):
        WarmUp(Constant(), start=0)


def test_a_warm_up_as_long_as_the_run_is_refused() -> None:
    with pytest.raises(InputError) as error:
        WarmUp(Constant(), length=500).bind(500)
    assert str(error.value) == (
        "warm-up: got a length of 500 updates, but the whole run has 500; expected fewer. "
        "Use a share of the run, such as 0.05, or more epochs."
    )


@pytest.mark.parametrize("run", [49, 100])
def test_a_run_of_another_length_than_its_schedule_is_refused(run: int) -> None:
    with pytest.raises(InputError) as error:
        check_length("cosine", 50, run)
    assert str(error.value) == (
        f"schedule 'cosine': got a length of 50 epochs, but the run has {run}; expected the same. "
        "Use --epochs 50, or give the schedule no length: it then takes the whole run."
    )


def test_lengths_in_iterations_are_named_so() -> None:
    with pytest.raises(InputError, match=r"2,000 iterations, but .* 3,000; .* --iterations 2000,"):
        check_length("cosine", 2000, 3000, "iterations")


def test_a_run_as_long_as_its_schedule_is_accepted() -> None:
    check_length("cosine", 50, 50)
