"""Parity: training here and with torch.autograd and torch.optim gives the same weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.reading.read import read
from chainrule.data.vocabulary import Task
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.mini_batches import MiniBatches
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.sampling import batches
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import run_steps
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.schedules import Constant
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update
from tests.training import toys
from tests.training.optimizers.counterparts import COUNTERPARTS, GRADIENT_OPTIMIZERS, exact

STEPS, BATCH_SIZE = 100, 64
# Largest relative difference in float32, where it is not 1e-4. Categories as columns make some
# singular values of a gradient zero but for rounding; Muon multiplies those by up to 3.4445^5. Lion
# moves each weight by the sign of its gradient, which rounding reverses where the gradient is tiny.
FLOAT32 = {"muon": 1e-2, "lion": 1e-3}
HIDDEN = (("relu", 32), ("tanh", 16), ("sigmoid", 16))

LOSSES: dict[Task, Callable[[Tensor, Tensor], Tensor]] = {
    "regression": functional.mse_loss,
    "binary": functional.binary_cross_entropy_with_logits,
    "classification": functional.cross_entropy,
}
FUNCTIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


@pytest.fixture(scope="module")
def data(demo: Path) -> dict[Task, Prepared]:
    """Real data for each task: digits, and the sex and the weight of penguins."""
    sources = {
        "regression": read(demo / "penguins.csv", target="body_mass_g"),
        "binary": read(demo / "penguins.csv", target="sex"),
        "classification": read(demo / "digits.csv", target="digit"),
    }
    samples = {n: prepare(d, Settings()) for n, d in sources.items()}
    assert {name: prepared.preparation.task for name, prepared in samples.items()} == {
        name: name for name in sources
    }
    return {prepared.preparation.task: prepared for prepared in samples.values()}


@pytest.mark.parametrize("task", LOSSES)
@pytest.mark.parametrize("optimizer", GRADIENT_OPTIMIZERS)
def test_training_in_float64_gives_the_weights_of_torch(
    optimizer: str, task: Task, data: dict[Task, Prepared]
) -> None:
    for name, ours, theirs in trained_here_and_there(optimizer, data[task], torch.float64):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10, msg=name)


@pytest.mark.parametrize("task", LOSSES)
@pytest.mark.parametrize("optimizer", GRADIENT_OPTIMIZERS)
def test_training_in_float32_gives_the_weights_of_torch(
    optimizer: str, task: Task, data: dict[Task, Prepared]
) -> None:
    for name, ours, theirs in trained_here_and_there(optimizer, data[task], torch.float32):
        assert (ours - theirs).norm() < FLOAT32.get(optimizer, 1e-4) * theirs.norm(), name


def trained_here_and_there(
    optimizer: str, prepared: Prepared, dtype: torch.dtype
) -> list[tuple[str, Tensor, Tensor]]:
    """Each parameter's name and values after the same batches from the same start."""
    task, samples = prepared.preparation.task, toys.in_memory(prepared.training).in_precision(dtype)
    hidden = [Dense(units, activation) for activation, units in HIDDEN]
    graph = objective_graph(
        Network(*hidden, Dense(prepared.outputs)),
        prepared.preparation.feature_shape,
        task,
        len(prepared.preparation.class_names),
    )
    parameters = Parameters.initialised(graph, seed=0, dtype=dtype)
    start = {name: value.clone() for name, value in parameters.values.items()}
    rows = rows_of(len(samples))

    chosen = GRADIENT_OPTIMIZERS[optimizer]()
    batches = MiniBatches(
        plans=Plans(graph, parameters, "train"),
        source=BatchSource(samples, seed=0),
        update=Update(chosen).bind(parameters),
        batch_size=BATCH_SIZE,
        sampling="shuffled",
        learning_rate=chosen.default_learning_rate,
        progress=SilentProgress(),
    )
    state = ScheduleState.of(Constant(), Settings(), STEPS)
    run_steps(batches.train_on_batches(rows, 1, 0, state))

    theirs = {name: value.clone().requires_grad_() for name, value in start.items()}
    with exact(dtype):
        rules = COUNTERPARTS[optimizer](
            [value for value in theirs.values() if value.ndim > 1],
            [value for value in theirs.values() if value.ndim == 1],
            chosen.default_learning_rate,
            chosen.default_weight_decay,
        )
        for batch in rows:
            for rule in rules:
                rule.zero_grad()
            LOSSES[task](scores(theirs, samples.features[batch]), samples.targets[batch]).backward()
            for rule in rules:
                rule.step()

    assert not any(theirs[name].equal(value) for name, value in start.items())
    return [(name, parameters.values[name], value.detach()) for name, value in theirs.items()]


def scores(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """The network of this test, written out in torch."""
    names = [activation for activation, _ in HIDDEN]
    for number, activation in enumerate([*names, None], start=1):
        w, b = weights[f"dense_{number}.weights"], weights[f"dense_{number}.bias"]
        x = functional.linear(x, w, b)
        x = FUNCTIONS[activation](x) if activation else x
    return x


def rows_of(samples: int) -> tuple[Tensor, ...]:
    """The batches of as many epochs as the steps take, the smaller last ones among them."""
    rows: list[Tensor] = []
    for epoch in range(1, STEPS + 1):
        rows += batches(samples, BATCH_SIZE, sampling="shuffled", seed=0, epoch=epoch)
    assert {len(batch) for batch in rows[:STEPS]} == {BATCH_SIZE, samples % BATCH_SIZE}
    return tuple(rows[:STEPS])
