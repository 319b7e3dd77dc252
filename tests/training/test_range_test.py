"""The range test: what it measures, which rate it proposes, and that it changes no run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from chainrule.data.dataset import Dataset
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.sampling import batches
from chainrule.training.objective.objective import objective_graph
from chainrule.training.optimizers import OPTIMIZERS, GradientDescent
from chainrule.training.optimizers.optimizer import BoundOptimizer
from chainrule.training.range_test import DIVERGED, RangeTest, range_test
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Sampling, Settings
from chainrule.training.train import fit
from tests.training import toys
from tests.training.optimizers.counterparts import GRADIENT_OPTIMIZERS


@dataclass(frozen=True)
class BreaksWeights(GradientDescent):
    """Gradient descent, until an update makes the weights nan."""

    after: int = 0

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        update, numbers = super().bind(parameters), count(1)

        def breaking(learning_rate: float) -> None:
            update(learning_rate)
            if next(numbers) == self.after:
                parameters.weights.fill_(math.nan)

        return breaking


def sweep(optimizer: str = "gradient_descent", **options: Any) -> RangeTest:
    """A range test on a toy table with three classes."""
    return range_test(
        toys.network("classification"),
        toys.prepared("classification"),
        settings=Settings(),
        optimizer=GRADIENT_OPTIMIZERS[optimizer](),
        **options,
    )


@pytest.fixture(scope="module")
def digits(demo: Path) -> Dataset:
    """Pictures of ten digits."""
    return read(demo / "digits.csv", target="digit")


def losses_of_torch(
    prepared: Prepared, rates: Sequence[float], batch_size: int, sampling: Sampling
) -> list[torch.Tensor]:
    """The loss of each batch before the step from it, by torch.autograd and torch.optim.SGD."""
    samples = toys.in_memory(prepared.training)
    graph = objective_graph(toys.network("classification"), (3,), "classification", 3)
    start = Parameters.initialised(graph, seed=0)
    w1, b1, w2, b2 = (value.clone().requires_grad_() for value in start.values.values())
    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=1.0)
    rows = (
        batch
        for epoch in count(1)
        for batch in batches(
            len(samples),
            batch_size,
            sampling=sampling,
            seed=0,
            epoch=epoch,
        )
    )
    losses = []
    for rate, batch in zip(rates, rows, strict=False):
        optimizer.param_groups[0]["lr"] = rate
        hidden = torch.relu(functional.linear(samples.features[batch], w1, b1))
        scores = functional.linear(hidden, w2, b2)
        loss = functional.cross_entropy(scores, samples.targets[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses


@pytest.mark.parametrize("sampling", ["shuffled", "with_replacement"])
def test_its_losses_are_those_of_the_same_training_in_torch(sampling: Sampling) -> None:
    settings = Settings(sampling=sampling, batch_size=16)
    prepared = toys.prepared("classification")
    ours = range_test(
        toys.network("classification"),
        prepared,
        settings=settings,
        optimizer=GradientDescent(),
        lowest=1e-3,
        highest=1.0,
        updates=60,
    )
    theirs = losses_of_torch(prepared, ours.rates, 16, sampling)
    assert len(ours.losses) == 60
    np.testing.assert_allclose(ours.losses, torch.stack(theirs).numpy(), rtol=1e-4)


def test_the_rates_are_evenly_spaced_on_a_log_axis() -> None:
    test = sweep(lowest=1e-6, highest=1.0, updates=50)
    np.testing.assert_allclose(test.rates, np.geomspace(1e-6, 1.0, 50))


def test_a_smoothed_loss_is_a_mean_in_which_older_losses_weigh_less() -> None:
    test = sweep()
    for i, smoothed in enumerate(test.smoothed):
        weights = 0.9 ** np.arange(i, -1, -1)
        assert smoothed == pytest.approx(np.average(test.losses[: i + 1], weights=weights))


def test_a_tenth_of_the_rate_of_the_lowest_smoothed_loss_is_proposed() -> None:
    test = sweep()
    assert test.proposed == test.rates[int(np.argmin(test.smoothed))] / 10


def test_it_ends_when_the_smoothed_loss_is_far_above_its_lowest() -> None:
    smoothed = sweep(highest=1e6).smoothed
    risen = [loss > DIVERGED * min(smoothed[: i + 1]) for i, loss in enumerate(smoothed)]
    assert len(smoothed) < 100
    assert risen == [False] * (len(smoothed) - 1) + [True]


def test_it_ends_before_a_loss_that_is_not_finite() -> None:
    test = range_test(
        toys.network("classification"),
        toys.prepared("classification"),
        settings=Settings(),
        optimizer=BreaksWeights(after=85),
    )
    assert len(test.losses) == 85
    assert np.isfinite(test.losses).all()


def test_two_tests_with_one_seed_are_equal() -> None:
    assert sweep("adam") == sweep("adam")


def test_a_run_is_the_same_whether_or_not_a_range_test_came_before() -> None:
    network, settings = toys.network("classification"), Settings(epochs=3, optimizer="momentum")
    prepared, optimizer = toys.prepared("classification"), OPTIMIZERS["momentum"]()

    def weights() -> torch.Tensor:
        run = fit(
            network, prepared, settings=settings, optimizer=optimizer, progress=SilentProgress()
        )
        return run.model.parameters.weights

    before = weights()
    range_test(network, prepared, settings=settings, optimizer=optimizer)
    assert weights().equal(before)


@pytest.mark.parametrize("optimizer", GRADIENT_OPTIMIZERS)
@pytest.mark.parametrize("seed", range(3))
def test_the_proposed_rate_learns_more_than_one_far_below_or_above(
    optimizer: str, seed: int, digits: Dataset
) -> None:
    prepared = prepare(digits, Settings(seed=seed))
    network, chosen = Network(Dense(16, "relu"), Dense(10)), GRADIENT_OPTIMIZERS[optimizer]()
    plain = Settings(seed=seed)
    proposed = range_test(network, prepared, settings=plain, optimizer=chosen).proposed

    def loss(rate: float) -> float:
        settings = Settings(seed=seed, epochs=2, learning_rate=rate)
        try:
            run = fit(
                network, prepared, settings=settings, optimizer=chosen, progress=SilentProgress()
            )
        except DivergedError:
            return math.inf
        return run.history[-1]["validation_loss"]

    assert loss(proposed) < min(loss(proposed / 100), loss(proposed * 100))


def test_rates_so_small_that_the_loss_never_falls_are_refused() -> None:
    with pytest.raises(InputError) as error:
        sweep(lowest=1e-12, highest=1e-9)
    assert str(error.value).startswith(
        "range test: with learning rates from 1e-12 to 1e-09 the loss never fell: it began at "
    )
    assert str(error.value).endswith(
        "; expected a larger fall. Use larger batches, or rates from 1e-7 to 10; if that does "
        "not help, check whether the columns can predict the target at all."
    )


def test_rates_so_large_that_the_loss_only_grows_are_refused() -> None:
    with pytest.raises(InputError) as error:
        sweep(lowest=1e4, highest=1e8)
    assert str(error.value) == (
        "range test: with learning rates from 10000 to 1e+08 the loss diverged "
        "within 10 updates; expected it to fall first. Start with a smaller rate, such as 10."
    )


@pytest.mark.parametrize(
    ("lowest", "highest"), [(1.0, 0.1), (0.1, 0.1), (0, 1), (-1, 1), (0.1, float("inf"))]
)
def test_rates_that_do_not_rise_are_refused(lowest: float, highest: float) -> None:
    with pytest.raises(InputError) as error:
        sweep(lowest=lowest, highest=highest)
    assert str(error.value) == (
        f"range test: got rates from {lowest:g} to {highest:g}; expected positive rates that rise, "
        "such as lowest=1e-7, highest=10."
    )


def test_too_few_updates_are_refused() -> None:
    with pytest.raises(InputError) as error:
        sweep(updates=19)
    assert str(error.value) == ("range test: got 19 updates; expected at least 20, such as 100.")


def test_a_network_that_does_not_fit_the_task_is_refused() -> None:
    with pytest.raises(InputError, match=r"expected 3\. End the network with Dense\(3\)"):
        range_test(
            Network(Dense(2)),
            toys.prepared("classification"),
            settings=Settings(),
            optimizer=GradientDescent(),
        )
