"""Early stopping: training ends when the validation score no longer improves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from chainrule.training.loop.record import Record, is_better, selection_score
from chainrule.training.settings.selection import SelectionMetric


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
    """Stopping by the metric that selects the best epoch; keeps the weights of that epoch.

    Without validation samples the last weights are kept.
    Source: Prechelt (1998), Early stopping - but when?
    Args:
        patience: epochs without a better score after which training should stop; 0 for never.
        metric: the metric of the validation that selects the best epoch. Of equal losses and errors
            the first epoch is the best, of equal scores, such as the accuracy, the last.
    Attributes:
        best_score: best value so far, with the sign changed where higher is better.
        best_epoch: number of its epoch, or of the last one without validation; 0 before the first.
    """

    patience: int
    metric: SelectionMetric = "loss"
    best_score: float = math.inf
    best_epoch: int = 0
    _last_epoch: int = field(default=0, repr=False)
    _last_improvement: int = field(default=0, repr=False)
    _best_weights: Tensor | None = field(default=None, repr=False)

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Take an epoch's record and weights; keep the best, and return whether it is this one."""
        score = selection_score(record, self.metric)
        if score is None:
            self.best_epoch, self._best_weights = int(record["epoch"]), weights.clone()
            return True
        epoch = self._last_epoch = int(record["epoch"])
        if not is_better(score, self.best_score, self.metric):
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
        """Restore the best weights; return False, and change nothing, if no epoch was kept."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
