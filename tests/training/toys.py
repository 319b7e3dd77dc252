"""Small tables that can be learned in a second, and runs on them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.layers import Dense, Network
from chainrule.training.loop.progress import Progress, SilentProgress
from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import StreamedSamples
from chainrule.training.settings.settings import Settings
from chainrule.training.train import Run, Watcher, fit

TASKS: tuple[Task, ...] = ("regression", "binary", "classification")


def table(task: Task, rows: int = 100, seed: int = 0) -> Table:
    """Three columns of noise, and a target that follows from them."""
    a, b, c = columns = np.random.default_rng(seed).normal(size=(3, rows))
    values: NDArray[Any] = 1000 + 300 * a - 200 * b * c
    if task == "binary":
        values = np.where(a > b, "yes", "no").astype(object)
    elif task == "classification":
        values = np.array(["a", "b", "c"], dtype=object)[columns.argmax(0)]
    return Table(
        "toy.csv",
        tuple(Column(name, column) for name, column in zip("abc", columns, strict=True)),
        Column("target", values),
    )


def outputs(task: Task) -> int:
    """How many scores the last layer needs for such a table."""
    return 3 if task == "classification" else 1


def network(task: Task) -> Network:
    """A small one that fits the task."""
    return Network(Dense(8, "relu"), Dense(outputs(task)))


def prepared(task: Task = "regression", rows: int = 100, **settings: Any) -> Prepared:
    """Such a table, split and prepared."""
    chosen = Settings(**settings)
    return prepare(table(task, rows), chosen)


def run(
    task: Task = "regression",
    *,
    rows: int = 100,
    progress: Progress | None = None,
    watch: Watcher | None = None,
    on: Prepared | None = None,
    **settings: Any,
) -> Run:
    """A run of a small network on such a table, or samples, with the settings of `train`."""
    chosen = Settings(**settings)
    return fit(
        network(task),
        on or prepared(task, rows, **settings),
        settings=chosen,
        progress=progress or SilentProgress(),
        watch=watch,
    )


def run_on(table: Table, **settings: Any) -> Run:
    """A run of a small network on a table of two classes."""
    chosen = Settings(**settings)
    data = prepare(table, chosen, task="binary")
    return fit(network("binary"), data, settings=chosen, progress=SilentProgress())


class Watch:
    """Notes all that a run tells, and the weights that the model had then."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.best: list[bool] = []
        self.weights: list[Any] = []

    def started(self) -> None:
        """Note nothing."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Note it."""
        self.records.append(record)
        self.best.append(best)
        self.weights.append(model.parameters.weights.clone())


def in_memory(samples: Samples | StreamedSamples) -> Samples:
    """Return samples that have to lie in memory."""
    assert isinstance(samples, Samples)
    return samples


def scores(model: Model, data: Dataset) -> dict[str, float]:
    """All metrics of the task, and the loss, on raw data with its target."""
    features, targets = (
        model.preparation.compact_features(data),
        model.preparation.targets(data),
    )
    return model.evaluate_prepared(Samples(features, targets))
