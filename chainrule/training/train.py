"""Training as a whole: nine steps from a dataset to a tested model."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from chainrule.data import Dataset, Task
from chainrule.layers import Network
from chainrule.plan import Parameters, Plans
from chainrule.training.baseline import baseline
from chainrule.training.loop import Loop, Record, Stop
from chainrule.training.model import Model
from chainrule.training.numerics import tuned_for
from chainrule.training.objective import objective_graph
from chainrule.training.optimizers import Optimizer, optimizer_named
from chainrule.training.options import checked
from chainrule.training.prepare import Prepared, prepare
from chainrule.training.progress import Progress, progress_for
from chainrule.training.sampling import Sampling
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
        test: metrics and loss on the test samples, computed once; empty if there are none.
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
    epochs: int = 100,
    iterations: int | None = None,
    batch_size: int | None = None,
    sampling: Sampling = "shuffled",
    optimizer: str | Optimizer = "adam",
    learning_rate: float | None = None,
    patience: int = 10,
    seed: int = 0,
    split: tuple[float, float, float] = (0.7, 0.15, 0.15),
    progress: bool = True,
) -> Run:
    """Train a network on data, and test it once.

    Args:
        network: whose last layer has an output for each class, or one.
        data: that `read` gave, with its target.
        test: data of its own for the test; `split` then gives training and validation alone.
        task: regression, binary or classification; found out from the target if not given.
        epochs: times that all training samples are seen, at most.
        iterations: updates after which training ends, instead of epochs.
        batch_size: samples in a batch; by default 32, 128 or 256, by the number of samples.
        sampling: "shuffled" or "with_replacement".
        optimizer: by name, or an object with settings of its own such as Adam(beta1=0.8).
        learning_rate: size of the updates; by default one that suits the optimizer.
        patience: epochs without a lower validation loss before training stops; 0: never.
        seed: of the split, the initial weights and the order of samples.
        split: shares of training, validation and test samples.
        progress: whether to show a live bar, or lines where there is no terminal.
    Raises:
        InputError: a setting, the data or the network does not fit; said before training begins.
        Diverged: a loss became nan or infinite.
    """
    given: dict[str, object] = {
        "epochs": epochs,
        "iterations": iterations,
        "batch_size": batch_size,
        "sampling": sampling,
        "learning_rate": learning_rate,
        "patience": patience,
        "seed": seed,
        "split": split,
    }
    if isinstance(optimizer, str):
        given["optimizer"] = optimizer
        settings = checked(Settings, given)
        chosen = optimizer_named(optimizer)
    else:
        settings, chosen = checked(Settings, given), optimizer
    # Step 1: split and prepare.
    prepared = prepare(data, test=test, task=task, split=settings.split, seed=settings.seed)
    return fit(
        network, prepared, settings=settings, optimizer=chosen, progress=progress_for(progress)
    )


def fit(
    network: Network,
    prepared: Prepared,
    *,
    settings: Settings,
    optimizer: Optimizer,
    progress: Progress,
    watch: Watcher | None = None,
) -> Run:
    """Steps 2 to 9: initialise, train until the validation loss no longer falls, test once.

    Raises:
        InputError: the network does not fit the task, or a batch is larger than the data.
        Diverged: a loss became nan or infinite.
    """
    preparation, training = prepared.preparation, prepared.training
    batch_size = settings.batch_size_for(len(training))
    graph = objective_graph(
        network, preparation.feature_shape, preparation.task, len(preparation.class_names)
    )
    # Step 2: initialise.
    parameters = Parameters.initialised(graph, seed=settings.seed)
    model = Model(graph, parameters, preparation)
    plans = Plans(graph, parameters, "train")

    def validate() -> dict[str, float]:
        return model.evaluate_prepared(prepared.validation) if prepared.validation else {}

    def seen(record: Record, best: bool) -> None:
        if watch is not None:
            watch.epoch(record, model, best)

    loop = Loop(
        plans=plans,
        parameters=parameters,
        samples=training,
        settings=settings,
        optimizer=optimizer,
        learning_rate=settings.learning_rate or optimizer.default_learning_rate,
        batch_size=batch_size,
        validate=validate,
        seen=seen,
        progress=progress,
    )
    started = time.perf_counter()
    # Steps 3 to 8: forward, loss, backward, update, repeat, validate.
    with tuned_for(plans.for_batch(batch_size).flops):
        if watch is not None:
            watch.started()
        progress.start(loop.iterations * batch_size)
        try:
            history, stopped = loop.run()
        finally:
            progress.stop()
        seconds = time.perf_counter() - started
        # Step 9: the test, once.
        test = model.evaluate_prepared(prepared.test) if prepared.test else {}
    return Run(
        model=model,
        history=history,
        test=test,
        baseline=baseline(model, training, prepared.test) if prepared.test else {},
        stopped=stopped,
        sizes=prepared.sizes,
        seconds=seconds,
        notes=prepared.notes,
    )
