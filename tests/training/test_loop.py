"""The training loop: what a run records, when it ends, and with which weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.early_stopping import EarlyStopping
from chainrule.training.loop.loop import DivergedError, Loop, NoCallback
from chainrule.training.loop.mini_batches import MiniBatches
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.record import Record
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import run_steps
from chainrule.training.model.inference import compute_loss_and_predictions
from chainrule.training.objective.objective import objective_graph
from chainrule.training.optimizers import GradientDescent
from chainrule.training.samples.samples import Samples
from chainrule.training.schedules import Constant
from chainrule.training.settings.settings import Settings
from chainrule.training.update import BoundUpdate, Update
from tests.training import toys

TRAINING = 70  # of the 100 rows of a toy table


class Interrupts(SilentProgress):
    """Ctrl-C after so many batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def batch(self, samples: int, loss: Tensor) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def weights_of(**settings: Any) -> Tensor:
    return toys.run(**settings).model.parameters.weights


def test_two_runs_with_one_seed_are_equal_bit_for_bit() -> None:
    first, second = (toys.run("classification", epochs=5, seed=3) for _ in range(2))
    assert first.model.parameters.weights.equal(second.model.parameters.weights)
    assert first.test == second.test
    assert without_times(first.history) == without_times(second.history)


def test_another_seed_is_another_run() -> None:
    assert not weights_of(epochs=1, seed=3).equal(weights_of(epochs=1, seed=4))


def test_random_numbers_drawn_elsewhere_change_no_run() -> None:
    first = weights_of(epochs=2)
    torch.manual_seed(99)
    assert first.equal(weights_of(epochs=2))


@pytest.mark.parametrize(
    ("task", "metrics"),
    [
        ("regression", ["validation_rmse", "validation_mae", "validation_r2"]),
        ("binary", ["validation_accuracy"]),
        ("classification", ["validation_accuracy"]),
    ],
)
def test_each_epoch_records_losses_metrics_rate_and_time(task: Any, metrics: list[str]) -> None:
    history = toys.run(task, epochs=2).history
    columns = ["epoch", "iteration", "training_loss"]
    columns += ["learning_rate", "seconds", "samples_per_second", *metrics, "validation_loss"]
    assert [list(record) for record in history] == [columns] * 2


def test_without_validation_samples_no_validation_is_recorded() -> None:
    history = toys.run(epochs=1, split=(0.8, 0, 0.2)).history
    assert not [name for name in history[0] if name.startswith("validation")]


def test_epochs_and_iterations_are_counted_from_1() -> None:
    history = toys.run(epochs=3, batch_size=20).history
    # 70 samples in batches of 20: 4 iterations an epoch
    assert [(record["epoch"], record["iteration"]) for record in history] == [
        (1, 4),
        (2, 8),
        (3, 12),
    ]


def test_training_lowers_the_loss() -> None:
    history = toys.run("classification", epochs=30, learning_rate=0.02).history
    assert history[-1]["training_loss"] < 0.5 * history[0]["training_loss"]


def test_it_stops_after_all_epochs() -> None:
    run = toys.run(epochs=4, patience=0)
    assert (run.stopped, len(run.history)) == ("epochs", 4)


def test_it_stops_after_all_iterations_in_the_middle_of_an_epoch() -> None:
    run = toys.run(iterations=6, batch_size=20, patience=0)
    assert run.stopped == "iterations"
    assert [record["iteration"] for record in run.history] == [4, 6]


def test_iterations_count_instead_of_epochs() -> None:
    assert len(toys.run(iterations=8, batch_size=20, epochs=1).history) == 2


def test_it_stops_when_the_patience_has_run_out() -> None:
    # At this rate the loss goes up and down.
    run = toys.run("classification", epochs=500, patience=3, learning_rate=0.2)
    assert run.stopped == "patience"
    assert run.history[-1]["epoch"] == run.best["epoch"] + 3


def test_an_interruption_ends_training_and_keeps_what_was_learned() -> None:
    run = toys.run(epochs=50, batch_size=20, progress=Interrupts(batches=10))
    assert (run.stopped, len(run.history)) == ("interrupted", 2)
    assert run.test


def test_an_interruption_before_the_first_epoch_ended_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        toys.run(epochs=50, batch_size=20, progress=Interrupts(batches=2))


def test_the_model_has_the_weights_of_the_epoch_with_the_lowest_validation_loss() -> None:
    watch = toys.Watch()
    run = toys.run("classification", epochs=20, patience=0, learning_rate=0.2, watch=watch)
    losses = [record["validation_loss"] for record in watch.records]
    best = losses.index(min(losses))
    assert best < 19
    assert run.best is run.history[best]
    assert run.model.parameters.weights.equal(watch.weights[best])


def test_without_validation_samples_the_model_has_the_last_weights() -> None:
    watch = toys.Watch()
    run = toys.run(epochs=3, split=(0.8, 0, 0.2), watch=watch)
    assert run.best is run.history[-1]
    assert run.model.parameters.weights.equal(watch.weights[-1])


def test_without_validation_samples_each_epoch_is_the_best_so_far() -> None:
    watch = toys.Watch()
    toys.run(epochs=3, split=(0.8, 0, 0.2), watch=watch)
    assert watch.best == [True, True, True]


def test_the_watcher_gets_which_epochs_are_the_best_so_far() -> None:
    watch = toys.Watch()
    toys.run("classification", epochs=20, patience=0, learning_rate=0.2, watch=watch)
    losses = [math.inf, *(record["validation_loss"] for record in watch.records)]
    assert watch.best == [loss < min(losses[:n]) for n, loss in enumerate(losses) if n]
    assert False in watch.best


def test_divergence_is_an_error_with_a_smaller_learning_rate() -> None:
    with pytest.raises(DivergedError) as error:
        toys.run(epochs=50, optimizer="gradient_descent", learning_rate=1e6)
    message = str(error.value)
    assert message.startswith("The training loss became ")
    assert "in epoch 1, at learning rate 1e+06; expected a finite number." in message
    assert "Try a smaller learning rate: --learning-rate 0.1." in message
    assert message.endswith("No weights are kept, as no epoch before it ended.")


def test_weights_that_the_last_update_ruined_are_noticed_by_the_validation() -> None:
    with pytest.raises(DivergedError, match=r"^The validation loss became (inf|nan) in epoch 1"):
        toys.run(iterations=1, optimizer="gradient_descent", learning_rate=1e20)


def test_the_training_loss_is_the_mean_over_samples_where_batches_differ_in_size() -> None:
    samples = toys.in_memory(toys.prepared("regression").training)
    loop, graph = loop_on(samples)

    # An update that leaves the weights, so that all batches have the same ones.
    assert isinstance(loop.batches, MiniBatches)
    assert isinstance(loop.batches.update, BoundUpdate)
    settings = loop.batches.update.settings
    stay = BoundUpdate(settings, [], None, lambda learning_rate: None, average=None)
    rows = (torch.arange(60), torch.arange(60, TRAINING))
    state = ScheduleState.of(Constant(), loop.settings, steps=2)
    batches = replace(loop.batches, update=stay)
    loss = run_steps(batches.train_on_batches(rows, 1, 0, state))
    expected, _ = compute_loss_and_predictions(Plans(graph, loop.parameters, "evaluate"), samples)
    assert loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [("shuffled", 2 * 4), ("with_replacement", 2 * 3)],  # 70 / 20 is 3.5
)
def test_iterations_are_batches_an_epoch_times_epochs(sampling: Any, expected: int) -> None:
    loop, _ = loop_on(toys.in_memory(toys.prepared("regression").training), sampling=sampling)
    assert loop.iterations == expected
    assert loop.run().history[-1]["iteration"] == expected


def loop_on(samples: Samples, **settings: Any) -> tuple[Loop, Graph]:
    """Two epochs of batches of 20, without validation."""
    graph = objective_graph(toys.network("regression"), (3,), "regression", 0)
    parameters = Parameters.initialised(graph, seed=0)
    batches = MiniBatches(
        plans=Plans(graph, parameters, "train"),
        source=BatchSource(samples, seed=0),
        update=Update(GradientDescent()).bind(parameters),
        batch_size=20,
        sampling=settings.get("sampling", "shuffled"),
        learning_rate=0.1,
        progress=SilentProgress(),
    )
    loop = Loop(
        batches=batches,
        parameters=parameters,
        settings=Settings(epochs=2, **settings),
        schedule=Constant(),
        default_learning_rate=0.1,
        validate=dict,
        stopping=EarlyStopping(patience=0),
        callback=NoCallback(),
        progress=SilentProgress(),
    )
    return loop, graph


def without_times(history: list[Record]) -> list[Record]:
    times = ("seconds", "samples_per_second")
    return [{n: value for n, value in record.items() if n not in times} for record in history]
