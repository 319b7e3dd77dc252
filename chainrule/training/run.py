"""A run: the result of training, and the watcher that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from chainrule.training.loop.loop import StopReason
from chainrule.training.loop.record import Record, selection_score
from chainrule.training.model.model import HasModel, Model
from chainrule.training.settings.settings import BestBy


class Watcher(Protocol):
    """Follows a run, to write it down."""

    def started(self) -> None:
        """Note that everything fits, and that training begins."""
        ...

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Note an epoch's record; `best` is whether the model's weights are the best so far.

        Of several members each is followed: the record then has the number of the member, from 1,
        the model is this member, and it is the best if no other did better.
        """
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """The result of training.

    Attributes:
        model: with the best weights.
        history: a record an epoch: losses, validation metrics, learning rate, seconds. Of several
            members their mean, for as many epochs as all of them had.
        test: all metrics and the loss on the test samples, computed once; empty if there are none.
        confusion: for each class of the test samples, a row, how many were taken for each class, a
            column; None without test samples or classes.
        baseline: the same metrics for always guessing the training samples' most frequent class
            or mean: what a useful model has to beat.
        stopped: why training ended: epochs, iterations, patience or interrupted. Of several
            members why most of them did.
        sizes: number of training, validation and test samples.
        seconds: that training took, validation included, and that of those trained together.
        notes: what is worth knowing about the data and how it was read.
        members: the run of each member, if the model has several.
        leaks: those of the notes without which the test scores would promise too much.
        best_by: what selects the best epoch.
        best_epoch: number of the best epoch where something else chose it; None where best_by did.
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
        """The record of the epoch whose weights the model has.

        Each of several members has its own best epoch; this is the best of their mean.
        """
        if self.best_epoch is not None:
            return next(r for r in self.history if r["epoch"] == self.best_epoch)
        scores = [selection_score(record, self.best_by) for record in self.history]
        if scores[-1] is None:
            return self.history[-1]
        lowest = min(score for score in scores if score is not None)
        indices = [index for index, score in enumerate(scores) if score == lowest]
        return self.history[indices[-1 if self.best_by == "accuracy" else 0]]


class FittedEstimator(HasModel, Protocol):
    """What holds a run: a fitted `NeuralClassifier` or `NeuralRegressor`."""

    @property
    def run_(self) -> Run:
        """The training; nothing was held out for a test."""
        ...
