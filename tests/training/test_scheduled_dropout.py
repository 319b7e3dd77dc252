"""Dropout and weight decay by a schedule: what each step of a run meets."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from chainrule.graph.operation import OPERATIONS
from chainrule.layers import Dense, Dropout, Network
from chainrule.ops import ScheduledDropout
from chainrule.training.fit import fit
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.schedule_state import DROPOUT_SHARE, with_scheduled_dropout
from chainrule.training.objective.objective import objective_graph
from chainrule.training.run import Run
from chainrule.training.settings.settings import Settings
from tests.ops.bound import Bound, Case
from tests.training import toys

NETWORK = Network(Dense(32, "relu"), Dropout(0.5), Dense(1))
ONES = torch.ones(60, 50, dtype=torch.float64)


def run(network: Network = NETWORK, **settings: Any) -> Run:
    samples = toys.prepared(split=(0.9, 0, 0.1))
    chosen = Settings(batch_size=30, epochs=4, **settings)
    return fit(network, samples, settings=chosen, progress=SilentProgress())


def weights(**settings: Any) -> torch.Tensor:
    return run(**settings).model.parameters.weights


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_step_drops_the_share_of_the_rate_that_it_brings(share: float) -> None:
    def masked(kind: str, rate: float, **more: torch.Tensor) -> torch.Tensor:
        case = Case(OPERATIONS[kind], {"rate": rate, "name": "a"})
        return Bound(case, {"x": ONES, "key": torch.tensor(7), **more}).run_forward()

    scheduled = masked("scheduled_dropout", 0.5, share=torch.tensor(share, dtype=torch.float64))
    assert scheduled.equal(masked("dropout", 0.5 * share))


def test_in_training_every_dropout_of_a_graph_reads_the_share() -> None:
    graph = objective_graph(NETWORK, (3,), "regression", 0)
    scheduled = with_scheduled_dropout(graph)
    (node,) = [n for n in scheduled.nodes if isinstance(n.operation, ScheduledDropout)]
    assert node.operation == ScheduledDropout(0.5, "dropout_2")
    assert node.inputs[-1] is scheduled.inputs[DROPOUT_SHARE]
    assert DROPOUT_SHARE not in graph.inputs


def test_the_model_keeps_its_plain_dropout() -> None:
    kept = run(dropout_schedule="flat_cos").model.graph
    assert not any(isinstance(node.operation, ScheduledDropout) for node in kept.nodes)


def test_a_graph_without_dropout_stays_as_it_is() -> None:
    graph = objective_graph(Network(Dense(1)), (3,), "regression", 0)
    assert with_scheduled_dropout(graph) is graph


def test_a_schedule_that_never_falls_changes_nothing() -> None:
    assert weights(dropout_schedule="step:every=1").equal(weights())


def test_dropout_that_a_schedule_turns_off_early_is_no_dropout_from_then_on() -> None:
    # The first of 12 steps is dropped by in full, and from the second on next to nothing.
    almost_none = weights(dropout_schedule="exponential:final=1e-60")
    assert not almost_none.equal(weights())
    plain = run(Network(Dense(32, "relu"), Dropout(0), Dense(1))).model.parameters.weights
    assert (almost_none - plain).norm() < 0.5 * (weights() - plain).norm()


def test_weight_decay_falls_with_its_schedule() -> None:
    learning = {"optimizer": "adamw", "weight_decay": 5.0, "learning_rate": 0.01}
    norms = [
        float(weights(weight_decay_schedule=schedule, **learning).norm())
        for schedule in ("constant", "flat_cos", "exponential:final=1e-60")
    ]
    assert norms[0] < norms[1] < norms[2]


def test_members_have_the_dropout_of_their_step_and_seed() -> None:
    both = run(members=2, seed=3, dropout_schedule="flat_cos")
    alone = run(seed=4, dropout_schedule="flat_cos")
    member = both.model.parameters.member(1).weights
    torch.testing.assert_close(member, alone.model.parameters.weights, rtol=1e-4, atol=1e-5)
