"""Early stopping: training ends when the validation score no longer improves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from chainrule.training.loop.record import Record, selection_score
from chainrule.training.settings.settings import BestBy


class StoppingRule(Protocol):
    """Decides after each epoch whether training continues, and which weights are kept.

    Attributes:
        best_epoch: number of the epoch whose weights are kept; 0 while none are.
    """

    best_epoch: int

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Take an epoch's record and weights; return whether they are the best so far."""
        ...

    def should_stop(self) -> bool:
        """Return whether training should end after the last observed epoch."""
        ...

    def restore(self, weights: Tensor) -> bool:
        """Restore the best weights; return False, and change nothing, if none were kept."""
        ...


@dataclass
class EarlyStopping:
    """Stopping by the score that selects the best epoch; keeps the weights of the lowest score.

    Without validation samples the last weights are kept.
    Source: Prechelt (1998), Early stopping - but when?
    Args:
        patience: epochs without a new lowest score after which training should stop; 0 for never.
        best_by: the score, either the validation loss or, for classes, the error rate. Among equal
            losses the first epoch is the best, among equal error rates the last.
    Attributes:
        best_score: lowest score so far.
        best_epoch: number of its epoch; 0 before the first.
    """

    patience: int
    best_by: BestBy = "loss"
    best_score: float = math.inf
    best_epoch: int = 0
    _last_epoch: int = field(default=0, repr=False)
    _last_improvement: int = field(default=0, repr=False)
    _best_weights: Tensor | None = field(default=None, repr=False)

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Take an epoch's record and weights; keep the best, and return whether it is this one."""
        score = selection_score(record, self.best_by)
        if score is None:
            return True
        epoch = self._last_epoch = int(record["epoch"])
        is_equal = self.best_by == "accuracy" and score == self.best_score
        if not (score < self.best_score or is_equal):  # true for nan, too
            return False
        if score < self.best_score:
            self._last_improvement = epoch
        self.best_score, self.best_epoch = score, epoch
        self._best_weights = weights.clone()
        return True

    def should_stop(self) -> bool:
        """Return whether the patience has run out."""
        return 0 < self.patience <= self._last_epoch - self._last_improvement

    def restore(self, weights: Tensor) -> bool:
        """Restore the best weights; return False, and change nothing, if no epoch was scored."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
