"""Members in lockstep: one loop for all, in which each has the weights that it has alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from chainrule.layers import Dense, Dropout, Network
from chainrule.training.loop.loop import EpochCallback, Loop, LoopResult, NoCallback, Validate
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.record import Record
from chainrule.training.members.ensemble import member_jobs
from chainrule.training.members.networks import Networks
from chainrule.training.members.trainer import Trainer, TrainingJob
from chainrule.training.settings.settings import Settings
from tests.training import toys

MEMBERS = 3
NETWORK = Network(Dense(8, "relu"), Dropout(0.2), Dense(3))


def in_lockstep(
    callback: EpochCallback | None = None, validate: Validate | None = None, **settings: Any
) -> tuple[Networks, Loop]:
    """Return the networks of three members of a toy classification, and their loop."""
    chosen = Settings(members=MEMBERS, batch_size=20, epochs=4, **settings)
    one = TrainingJob(NETWORK, toys.prepared("classification"), chosen)
    trainers = [Trainer(of_member) for of_member in member_jobs(one)]
    networks = Networks(trainers)
    model = trainers[0].model(networks.parameters)
    batches = networks.lockstep_batches(trainers, SilentProgress())
    return networks, trainers[0].loop(batches, model, validate=validate, callback=callback)


def alone(seed: int, **settings: Any) -> tuple[torch.Tensor, LoopResult]:
    """Return the weights and the history of one of the members, trained by itself."""
    chosen = Settings(batch_size=20, epochs=4, seed=seed, **settings)
    trainer = Trainer(TrainingJob(NETWORK, toys.prepared("classification"), chosen))
    networks = Networks([trainer])
    batches = networks.member_batches(0, trainer, SilentProgress())
    loop = trainer.loop(batches, trainer.model(networks.parameters), validate=dict)
    return networks.parameters.weights, loop.run()


def test_each_member_has_the_weights_that_it_has_alone() -> None:
    settings: dict[str, Any] = {"learning_rate": 0.01, "dropout_schedule": "flat_cos"}
    networks, loop = in_lockstep(validate=dict, **settings)
    history = loop.run().history
    losses = []
    for number, own in enumerate(networks.member_parameters):
        weights, result = alone(number, **settings)
        losses.append([record["training_loss"] for record in result.history])
        torch.testing.assert_close(own.weights, weights, rtol=1e-4, atol=1e-6)
    means = torch.tensor(losses).mean(0).tolist()
    assert [record["training_loss"] for record in history] == pytest.approx(means, rel=1e-5)


def test_all_end_in_the_epoch_that_is_best_for_their_mean() -> None:
    seen: list[tuple[float, torch.Tensor]] = []

    class Notes(NoCallback):
        def epoch_ended(self, record: Record, best: bool) -> bool:
            seen.append((record["validation_loss"], networks.parameters.weights.clone()))
            return False

    networks, loop = in_lockstep(Notes(), learning_rate=0.3)
    loop.run()
    _, best = min(seen, key=lambda epoch: epoch[0])
    assert networks.parameters.weights.equal(best)


def test_a_callback_may_end_training() -> None:
    class EndsAtOnce(NoCallback):
        def epoch_ended(self, record: Record, best: bool) -> bool:
            return True

    result = in_lockstep(EndsAtOnce())[1].run()
    assert (result.stopped, len(result.history)) == ("callback", 1)
