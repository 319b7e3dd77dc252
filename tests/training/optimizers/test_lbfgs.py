"""L-BFGS: its formula, its line search against the conditions, and scipy's; training with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import minimize, rosen, rosen_der
from torch import Tensor

from chainrule.errors import InputError
from chainrule.layers import Dense, Dropout, Network
from chainrule.training.fit import TrainingJob, fit, run_job
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.optimizers import LBFGS
from chainrule.training.optimizers.lbfgs import LBFGSDescent
from chainrule.training.optimizers.line_search import C1, C2, Point, line_search
from chainrule.training.range_test import range_test
from chainrule.training.settings.settings import Settings
from tests.training import toys

BEGIN = torch.tensor([1.3, 0.7, 0.8, 1.9], dtype=torch.float64)


def valley(x: Tensor) -> tuple[float, Tensor]:
    """Rosenbrock's function, whose minimum is 0 where all are 1."""
    return float(rosen(x.numpy())), torch.from_numpy(np.asarray(rosen_der(x.numpy())))


def descent(**settings: Any) -> LBFGSDescent:
    return LBFGS(**settings).descend(valley, BEGIN)


def inverse_hessian(steps: list[tuple[Tensor, Tensor]]) -> Tensor:
    """The matrix of BFGS, written down: Nocedal & Wright (2006), equation 6.17."""
    s, y = steps[-1]
    identity = torch.eye(len(s), dtype=torch.float64)
    inverse = (s @ y) / (y @ y) * identity
    for s, y in steps:
        rho = 1 / (y @ s)
        left = identity - rho * torch.outer(s, y)
        inverse = left @ inverse @ left.T + rho * torch.outer(s, s)
    return inverse


def test_a_step_goes_against_the_gradient_times_the_matrix_of_bfgs() -> None:
    down = descent()
    steps: list[tuple[Tensor, Tensor]] = []
    for _ in range(6):
        x, gradient = down.x, down.gradient
        down.step()
        moved = down.x - x
        if steps:
            expected = -inverse_hessian(steps) @ gradient
            share = moved.norm() / expected.norm()
            torch.testing.assert_close(moved, share * expected, rtol=1e-6, atol=0)
        steps.append((moved, down.gradient - gradient))


def test_the_first_step_goes_straight_down() -> None:
    down = descent()
    straight = -down.gradient
    down.step()
    moved = down.x - BEGIN
    assert float(moved @ straight) == pytest.approx(float(moved.norm() * straight.norm()))


def test_each_step_keeps_the_conditions_of_wolfe() -> None:
    down = descent()
    for _ in range(10):
        x, value, gradient = down.x, down.value, down.gradient
        down.step()
        slope = float(gradient @ (down.x - x))
        assert down.value <= value + C1 * slope < value
        assert abs(float(down.gradient @ (down.x - x))) <= C2 * abs(slope)


def test_it_finds_the_minimum_about_as_soon_as_scipy() -> None:
    down, steps = descent(tolerance=1e-6), 0
    while down.stopped is None:
        down.step()
        steps += 1
    known = minimize(
        lambda x: (rosen(x), rosen_der(x)),
        BEGIN.numpy(),
        jac=True,
        method="L-BFGS-B",
        options={"gtol": 1e-6},
    )
    assert down.stopped == "converged"
    torch.testing.assert_close(down.x, torch.ones(4, dtype=torch.float64), atol=1e-5, rtol=0)
    assert steps <= 1.5 * known.nit
    assert down.evaluations <= 1.5 * known.nfev


def test_where_no_step_goes_down_it_has_converged() -> None:
    down = LBFGS(tolerance=0).descend(
        lambda x: (float(x @ x), 2 * x), torch.zeros(3, dtype=torch.float64)
    )
    down.step()
    assert down.stopped == "converged"
    assert not down.x.any()


def test_it_stops_when_its_evaluations_are_used() -> None:
    down = descent(evaluations=2)
    down.step()
    assert down.stopped == "evaluations"


# Functions of one number with a slope of -1 at 0, and where both conditions hold.
LINES: dict[str, Callable[[float], tuple[float, float]]] = {
    "a parabola far out": lambda a: ((a - 50) ** 2 / 100, (a - 50) / 50),
    "a parabola nearby": lambda a: (50 * (a - 0.01) ** 2, 100 * (a - 0.01)),
    "one that ends in a wall": lambda a: (-a, -1.0) if a < 0.3 else (math.inf, math.nan),
    "More and Thuente's first": lambda a: (-a / (a * a + 2), (a * a - 2) / (a * a + 2) ** 2),
}


@pytest.mark.parametrize("name", [name for name in LINES if "wall" not in name])
def test_the_line_search_finds_a_point_with_both_conditions(name: str) -> None:
    def at(step: float) -> Point:
        value, slope = LINES[name](step)
        return Point(step, value, slope, torch.zeros(1), torch.zeros(1))

    start = at(0.0)
    result = line_search(at, start)
    assert result is not None
    assert result.value <= start.value + C1 * result.step * start.slope
    assert abs(result.slope) <= C2 * abs(start.slope)


def test_the_line_search_ends_before_a_wall_with_a_lower_value() -> None:
    def at(step: float) -> Point:
        value, slope = LINES["one that ends in a wall"](step)
        return Point(step, value, slope, torch.zeros(1), torch.zeros(1))

    result = line_search(at, at(0.0))
    assert result is not None
    assert 0.2 < result.step < 0.3


# Training


def test_training_ends_where_the_gradient_of_all_samples_vanishes() -> None:
    run = toys.run("classification", optimizer="lbfgs", weight_decay=0.1, patience=0, epochs=300)
    assert run.stopped == "converged"
    assert [record["iteration"] for record in run.history] == [r["epoch"] for r in run.history]
    losses = [record["training_loss"] for record in run.history]
    assert losses[-1] < losses[0]


def test_validation_chooses_the_step_that_is_kept() -> None:
    run = toys.run("regression", optimizer="lbfgs:tolerance=0", epochs=200, patience=4)
    losses = [record["validation_loss"] for record in run.history]
    assert run.stopped == "patience"
    assert run.best["validation_loss"] == min(losses)
    assert len(losses) == run.best["epoch"] + 4


def test_it_ends_below_the_loss_of_adam() -> None:
    ours = toys.run(optimizer="lbfgs", epochs=100, patience=0)
    adam = toys.run(optimizer="adam", epochs=100, patience=0)
    assert ours.history[-1]["training_loss"] < 0.5 * adam.history[-1]["training_loss"]


def test_members_descend_each_by_itself() -> None:
    both = toys.run("classification", optimizer="lbfgs", epochs=5, members=2)
    alone = toys.run("classification", optimizer="lbfgs", epochs=5, seed=0)
    assert both.members[0].model.parameters.weights.equal(alone.model.parameters.weights)


@pytest.mark.parametrize(
    ("settings", "assignments"),
    [
        ({"learning_rate": 0.1}, "learning_rate=0.1"),
        ({"schedule": "cosine", "warm_up": 0.1}, "schedule=cosine and warm_up=0.1"),
        ({"batch_size": 32}, "batch_size=32"),
        ({"sampling": "with_replacement"}, "sampling=with_replacement"),
        ({"clip_norm": 1.0, "l1": 0.1}, "l1=0.1 and clip_norm=1.0"),
        ({"average": 0.9}, "average=0.9"),
        ({"mixup": 0.2}, "mixup=0.2"),
        ({"precision": "bfloat16"}, "precision=bfloat16"),
    ],
    ids=str,
)
def test_what_needs_batches_or_a_rate_is_refused(
    settings: dict[str, Any], assignments: str
) -> None:
    with pytest.raises(InputError) as error:
        toys.run("classification", optimizer="lbfgs", **settings)
    assert str(error.value) == (
        f"LBFGS: got {assignments}, expected the default: each of its steps uses all samples, "
        "unchanged and in float64, and a line search sets the step length. Leave it out, or use "
        "another optimizer such as adam."
    )


@pytest.mark.parametrize("batch_size", ["all", 70, None])
def test_a_batch_of_all_samples_may_be_given(batch_size: Any) -> None:
    run = toys.run("classification", optimizer="lbfgs", epochs=2, batch_size=batch_size)
    assert run.history[-1]["iteration"] == 2


def test_dropout_is_refused() -> None:
    network = Network(Dense(8, "relu"), Dropout(0.5), Dense(3))
    one = TrainingJob(network, toys.prepared("classification"), Settings(), optimizer=LBFGS())
    with pytest.raises(InputError, match="LBFGS: got a network with dropout"):
        run_job(one, progress=SilentProgress())


def test_a_range_test_for_it_is_refused() -> None:
    with pytest.raises(InputError, match="range test: got the optimizer LBFGS, whose line search"):
        range_test(
            toys.network("regression"),
            toys.prepared("regression"),
            settings=Settings(optimizer="lbfgs"),
        )


def test_a_step_without_gain_leaves_the_weights_in_float32_as_they_are() -> None:
    prepared = toys.prepared("regression")
    settings = Settings(optimizer="lbfgs:tolerance=1000", epochs=3)
    run = fit(toys.network("regression"), prepared, settings=settings, progress=SilentProgress())
    assert (run.stopped, len(run.history)) == ("converged", 1)
