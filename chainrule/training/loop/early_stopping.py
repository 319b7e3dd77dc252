"""Early stopping: training ends when the validation loss no longer falls, at its best weights."""

import math
from dataclasses import dataclass, field

from torch import Tensor


@dataclass
class EarlyStopping:
    """Watches the validation loss, or share of errors, and remembers the weights with the lowest.

    Source: Prechelt (1998), Early stopping - but when?
    Args:
        patience: epochs without a new lowest loss after which training should stop; 0 for never.
        last_of_equals: whether of several epochs with the lowest the last counts, not the first.
    Attributes:
        best_loss: the lowest so far.
        best_epoch: in which it was; 0 before the first.
    """

    patience: int
    last_of_equals: bool = False
    best_loss: float = math.inf
    best_epoch: int = 0
    _fell_in: int = field(default=0, repr=False)
    _best_weights: Tensor | None = field(default=None, repr=False)

    def seen(self, epoch: int, loss: float, weights: Tensor) -> bool:
        """Take note of an epoch; True if it is the best so far, whose weights are then kept."""
        is_equal = self.last_of_equals and loss == self.best_loss
        if not (loss < self.best_loss or is_equal):  # as it also is for nan
            return False
        if loss < self.best_loss:
            self._fell_in = epoch
        self.best_loss, self.best_epoch = loss, epoch
        self._best_weights = weights.clone()
        return True

    def should_stop(self, epoch: int) -> bool:
        """Whether the patience has run out."""
        return 0 < self.patience <= epoch - self._fell_in

    def restore(self, weights: Tensor) -> bool:
        """Put the best weights back; False, and nothing changed, if no epoch was seen."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
