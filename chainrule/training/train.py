"""Training as a whole: nine steps from a dataset to a tested model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Unpack

from torch import Tensor

from chainrule.data import Dataset, Task
from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.plan import Parameters, Plans
from chainrule.training.baseline import baseline
from chainrule.training.batch_size import fitting_batch_size
from chainrule.training.embeddings import with_embeddings
from chainrule.training.feeding import Feeding
from chainrule.training.given import Given
from chainrule.training.loop import Loop, Record, Stop
from chainrule.training.metrics import OF_EPOCHS
from chainrule.training.model import Model
from chainrule.training.numerics import tuned_for
from chainrule.training.objective import objective_graph
from chainrule.training.optimizers import Optimizer
from chainrule.training.options import checked
from chainrule.training.prepare import Prepared, prepare
from chainrule.training.progress import Progress, progress_for
from chainrule.training.schedules import Schedule, check_length
from chainrule.training.settings import Settings


class Watcher(Protocol):
    """Is told how a run goes, to write it down."""

    def started(self) -> None:
        """Everything fits, and training begins."""
        ...

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """An epoch ended; `best` says whether the model's weights are the best so far."""
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """What training gave.

    Attributes:
        model: with the best weights.
        history: a record an epoch: losses, validation metrics, learning rate, seconds.
        test: all metrics and the loss on the test samples, computed once; empty if there are none.
        confusion: for each class of the test samples, a row, how many were taken for each class, a
            column; None without test samples or classes.
        baseline: the same metrics for always guessing the training samples' most frequent class
            or mean: what a useful model has to beat.
        stopped: why training ended: epochs, iterations, patience or interrupted.
        sizes: number of training, validation and test samples.
        seconds: that training took, validation included.
        notes: what is worth knowing about the data and how it was read.
    """

    model: Model
    history: list[Record]
    test: dict[str, float]
    confusion: Tensor | None
    baseline: dict[str, float]
    stopped: Stop
    sizes: dict[str, int]
    seconds: float
    notes: tuple[str, ...]

    @property
    def best(self) -> Record:
        """The record of the epoch whose weights the model has."""
        if "validation_loss" not in self.history[-1]:
            return self.history[-1]
        return min(self.history, key=lambda record: record["validation_loss"])


def train(
    network: Network,
    data: Dataset,
    *,
    test: Dataset | None = None,
    task: Task | None = None,
    optimizer: str | Optimizer = "adam",
    schedule: str | Schedule = "constant",
    augment: Sequence[str] | Augmentation = (),
    progress: bool = True,
    **settings: Unpack[Given],
) -> Run:
    """Train a network on data, and test it once.

    Args:
        network: whose last layer has an output for each class, or one.
        data: that `read` gave, with its target.
        test: data of its own for the test; `split` then gives training and validation alone.
        task: regression, binary or classification; found out from the target if not given.
        optimizer: by name, as "adam:beta1=0.8", or an object such as Adam(beta1=0.8).
        schedule: of the learning rate, by name or as an object.
        augment: pictures, by names such as "flip" and "shift:0.1", or as an object.
        progress: whether to show a live bar, or lines where there is no terminal.
        settings: the rest of `Settings`, such as epochs=20 or learning_rate=0.01.
    Raises:
        InputError: a setting, the data or the network does not fit; said before training begins.
        Diverged: a loss became nan or infinite.
    """
    given: dict[str, object] = {**settings}
    for name, chosen in (("optimizer", optimizer), ("schedule", schedule)):
        if isinstance(chosen, str):
            given[name] = chosen
    if not isinstance(augment, Augmentation):
        given["augment"] = augment
    checked_settings = checked(Settings, given)
    # Step 1: split and prepare.
    prepared = prepare(data, checked_settings, test=test, task=task)
    return fit(
        network,
        prepared,
        settings=checked_settings,
        optimizer=None if isinstance(optimizer, str) else optimizer,
        schedule=None if isinstance(schedule, str) else schedule,
        augmentation=augment if isinstance(augment, Augmentation) else None,
        progress=progress_for(progress),
    )


def fit(
    network: Network,
    prepared: Prepared,
    *,
    settings: Settings,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
    augmentation: Augmentation | None = None,
    progress: Progress,
    watch: Watcher | None = None,
) -> Run:
    """Steps 2 to 9: initialise, train until the validation loss no longer falls, test once.

    Args:
        network: that fits the task.
        prepared: samples.
        settings: of the run.
        optimizer: in place of the one that the settings name.
        schedule: likewise.
        augmentation: likewise.
        progress: is told how it goes.
        watch: likewise, with the model.
    Raises:
        InputError: the network or a setting does not fit the task or the samples.
        Diverged: a loss became nan or infinite.
    """
    preparation, training = prepared.preparation, prepared.training
    graph = objective_graph(
        with_embeddings(network, preparation, settings.embedding),
        preparation.feature_shape,
        preparation.task,
        len(preparation.class_names),
        settings.objective,
    )
    batch_size = fitting_batch_size(graph, settings, len(training))
    # Step 2: initialise.
    parameters = Parameters.initialised(graph, seed=settings.seed)
    model = Model(graph, parameters, preparation)
    plans = Plans(graph, parameters, "train")
    updating = settings.updating(optimizer or settings.chosen_optimizer)

    def validate() -> dict[str, float]:
        if not prepared.validation:
            return {}
        return model.evaluate_prepared(prepared.validation, OF_EPOCHS[model.task])

    def seen(record: Record, best: bool) -> None:
        if watch is not None:
            watch.epoch(record, model, best)

    loop = Loop(
        plans=plans,
        parameters=parameters,
        feeding=Feeding.of(prepared, settings, augmentation),
        settings=settings,
        updating=updating,
        learning_rate=settings.learning_rate or updating.optimizer.default_learning_rate,
        schedule=schedule or settings.chosen_schedule,
        batch_size=batch_size,
        validate=validate,
        seen=seen,
        progress=progress,
    )
    _check_schedule(settings, loop)
    started = time.perf_counter()
    # Steps 3 to 8: forward, loss, backward, update, repeat, validate.
    with tuned_for(plans.for_batch(batch_size).flops):
        if watch is not None:
            watch.started()
        progress.start(loop.work)
        try:
            history, stopped = loop.run()
        finally:
            progress.stop()
        seconds = time.perf_counter() - started
        # Step 9: the test, once.
        test = model.evaluate_prepared(prepared.test) if prepared.test else {}
        confusion = model.confusion(prepared.test) if prepared.test else None
    return Run(
        model=model,
        history=history,
        test=test,
        confusion=confusion,
        baseline=baseline(model, training, prepared.test) if prepared.test else {},
        stopped=stopped,
        sizes=prepared.sizes,
        seconds=seconds,
        notes=prepared.notes,
    )


def _check_schedule(settings: Settings, loop: Loop) -> None:
    """Refuse a run of another length than its schedule was planned for, or too short for it."""
    loop.schedule.bind(loop.iterations)
    planned = settings.schedule_epochs
    if planned is None:
        return
    if settings.iterations is None:
        check_length(settings.schedule, planned, settings.epochs)
    else:
        steps = planned * loop.iterations_an_epoch
        check_length(settings.schedule, steps, settings.iterations, "iterations")
