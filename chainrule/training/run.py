"""Run: the result of a training, and the watcher of its epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from torch import Tensor

from chainrule.training.loop.loop import StopReason
from chainrule.training.loop.record import Record, best_record, mean_record
from chainrule.training.model.model import HasModel, Model
from chainrule.training.settings.selection import SelectionMetric


class Watcher(Protocol):
    """Observer of a run, which records its epochs."""

    def started(self) -> None:
        """Called when all checks have passed and training begins."""
        ...

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Called after an epoch, with its record and the model.

        With several members it is called for each: the record then has the number of the member,
        from 1, and the model is that member.
        Args:
            record: losses and metrics of the epoch.
            model: the model with the current weights.
            best: whether the weights are the best so far, of all members.
        """
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """The result of training.

    Attributes:
        model: the model with the best weights.
        history: record of each epoch: losses, validation metrics, learning rate, seconds. For
            several members the mean over them, for as many epochs as all of them had.
        test: all metrics and the loss on the test samples; empty without test samples.
        confusion: confusion matrix of the test samples, (true classes, predicted classes); None
            without test samples or classes.
        baseline: the same metrics of always predicting the class frequencies or the mean of the
            training samples.
        stopped: reason why training ended; for several members the most frequent one.
        sizes: number of training, validation and test samples.
        seconds: time of training and validation, of all networks trained together.
        notes: notes on the data and how it was read.
        members: the run of each member, if the model has several.
        leaks: notes on reasons why the test scores are too good.
        metric: metric that selects the best epoch; it comes first in `test`, if it is there.
        best_epoch: number of the best epoch if another rule selected it; None for `metric`.
        constant_loss: lowest training loss of a constant prediction; None if it is not known, or if
            training and validation have different losses, as with label smoothing and mixup.
        not_drawn: parts, "validation" or "test", whose rows were not drawn at random, but taken by
            time, by a column or from separate data.
        fingerprints: of the rows of validation and test, by part.
        diverged: which loss became nan or infinite in which epoch, and which weights are kept;
            empty if training, or that of each member, did not diverge. It is one of the notes, too.
        watched: figure of the history that patience waited for; None for that of `metric`.
    """

    model: Model
    history: list[Record]
    test: dict[str, float]
    confusion: Tensor | None
    baseline: dict[str, float]
    stopped: StopReason
    sizes: dict[str, int]
    seconds: float
    notes: tuple[str, ...]
    members: tuple[Run, ...] = ()
    leaks: tuple[str, ...] = ()
    metric: SelectionMetric = "loss"
    best_epoch: int | None = None
    watched: str | None = None
    diverged: str = ""
    constant_loss: float | None = None
    not_drawn: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def best(self) -> Record:
        """Record of the epoch whose weights the model has.

        With several members, each of which has its own best epoch, the mean of their best records.
        """
        if self.members:
            return mean_record([member.best for member in self.members])
        if self.best_epoch is not None:
            return next(r for r in self.history if r["epoch"] == self.best_epoch)
        return best_record(self.history, self.metric)

    @property
    def best_epochs(self) -> tuple[int, ...]:
        """Number of the epoch whose weights the model has, or of that of each member."""
        return tuple(int(run.best["epoch"]) for run in self.members or (self,))

    @property
    def selected_by(self) -> str | None:
        """Figure of the history that selected the best epoch; None if none of it did."""
        name = f"validation_{self.metric}"
        return name if self.best_epoch is None and name in self.history[0] else None


@runtime_checkable
class FittedEstimator(HasModel, Protocol):
    """An object with a run: a fitted `NeuralClassifier` or `NeuralRegressor`."""

    @property
    def run_(self) -> Run:
        """The run of the training, without a test."""
        ...
