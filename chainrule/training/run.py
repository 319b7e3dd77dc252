"""A run: what training gave, and who is told how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from chainrule.training.loop import Record, Stop
from chainrule.training.model import Model


class Watcher(Protocol):
    """Is told how a run goes, to write it down."""

    def started(self) -> None:
        """Everything fits, and training begins."""
        ...

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """An epoch ended; `best` says whether the model's weights are the best so far.

        Of several members each epoch of each is told: the record then has the number of the
        member, from 1, the model is this member, and it is the best if no other did better.
        """
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """What training gave.

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
    members: tuple[Run, ...] = ()

    @property
    def best(self) -> Record:
        """The record of the epoch whose weights the model has.

        Each of several members has its own best epoch; this is the best of their mean.
        """
        if "validation_loss" not in self.history[-1]:
            return self.history[-1]
        return min(self.history, key=lambda record: record["validation_loss"])
