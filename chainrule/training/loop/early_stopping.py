"""Early stopping: training ends when the validation no longer improves, at its best weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from chainrule.training.loop.record import Record, selection_score
from chainrule.training.settings.settings import BestBy


class StoppingRule(Protocol):
    """Decides after each epoch whether training goes on, and which weights are kept.

    Attributes:
        best_epoch: number of the epoch whose weights are kept; 0 while none are.
    """

    best_epoch: int

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Record an epoch; return whether its weights are the best so far."""
        ...

    def should_stop(self) -> bool:
        """Return whether training should end after the epoch seen last."""
        ...

    def restore(self, weights: Tensor) -> bool:
        """Put the best weights back; return False, and change nothing, if none were kept."""
        ...


@dataclass
class EarlyStopping:
    """Watches the score that selects the best epoch, and remembers the weights with the lowest.

    Without validation samples the last weights count: none are known to be better.
    Source: Prechelt (1998), Early stopping - but when?
    Args:
        patience: epochs without a new lowest score after which training should stop; 0 for never.
        best_by: the score: the validation loss, or of classes the share of errors. Of several
            epochs with the lowest loss the first counts, of those with the fewest errors the last.
    Attributes:
        best_score: lowest so far.
        best_epoch: its epoch; 0 before the first.
    """

    patience: int
    best_by: BestBy = "loss"
    best_score: float = math.inf
    best_epoch: int = 0
    _last_epoch: int = field(default=0, repr=False)
    _fell_in: int = field(default=0, repr=False)
    _best_weights: Tensor | None = field(default=None, repr=False)

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Record an epoch; return whether it is the best so far, whose weights are then kept."""
        score = selection_score(record, self.best_by)
        if score is None:
            return True
        epoch = self._last_epoch = int(record["epoch"])
        is_equal = self.best_by == "accuracy" and score == self.best_score
        if not (score < self.best_score or is_equal):  # as it also is for nan
            return False
        if score < self.best_score:
            self._fell_in = epoch
        self.best_score, self.best_epoch = score, epoch
        self._best_weights = weights.clone()
        return True

    def should_stop(self) -> bool:
        """Return whether the patience has run out."""
        return 0 < self.patience <= self._last_epoch - self._fell_in

    def restore(self, weights: Tensor) -> bool:
        """Put the best weights back; return False, and change nothing, if no epoch was scored."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
