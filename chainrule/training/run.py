"""Run: the result of a training, and the watcher of its epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from chainrule.training.loop.loop import StopReason
from chainrule.training.loop.record import Record, selection_metric, selection_score
from chainrule.training.model.model import HasModel, Model
from chainrule.training.settings.settings import BestBy


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
        best_by: metric that selects the best epoch.
        best_epoch: number of the best epoch if another rule selected it; None for `best_by`.
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
    best_by: BestBy = "loss"
    best_epoch: int | None = None

    @property
    def best(self) -> Record:
        """Record of the epoch whose weights the model has.

        With several members, each of which has its own best epoch, that of their mean history.
        """
        if self.best_epoch is not None:
            return next(r for r in self.history if r["epoch"] == self.best_epoch)
        scores = [selection_score(record, self.best_by) for record in self.history]
        if scores[-1] is None:
            return self.history[-1]
        lowest = min(score for score in scores if score is not None)
        indices = [index for index, score in enumerate(scores) if score == lowest]
        return self.history[indices[-1 if self.best_by == "accuracy" else 0]]

    @property
    def selected_by(self) -> str | None:
        """Metric of the history that selected the best epoch; None if no metric of it did."""
        if self.best_epoch is not None:
            return None
        return selection_metric(self.history[0], self.best_by)


class FittedEstimator(HasModel, Protocol):
    """An object with a run: a fitted `NeuralClassifier` or `NeuralRegressor`."""

    @property
    def run_(self) -> Run:
        """The run of the training, without a test."""
        ...
