"""Patience: scikit-learn's rule of when learning stands still, as a stopping rule of the loop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from torch import Tensor

from chainrule.estimators.rates import Adaptive
from chainrule.training.loop.record import Record


@dataclass
class Patience:
    """Counts the epochs in a row whose score is not by `tol` above the best so far.

    The score is that of the validation samples, of whose best epoch the weights are then kept, or
    the negative training loss. Unlike in scikit-learn's text, but as in its code, one more epoch
    than `epochs` has to pass.
    Args:
        tol: gain of the score that counts as better.
        epochs: number that is waited for; 0 for without end.
        by_validation: whether the score is that of the validation samples.
        rate: learning rate that is lowered before training stops, as long as it can be.
    Attributes:
        best: score so far.
        best_epoch: whose weights are kept; 0 if none are.
        waited: number of epochs.
    """

    tol: float
    epochs: int
    by_validation: bool = False
    rate: Adaptive | None = None
    best: float = -math.inf
    best_epoch: int = 0
    waited: int = 0
    _best_weights: Tensor | None = field(default=None, repr=False)

    def observe(self, record: Record, weights: Tensor) -> bool:
        """Record an epoch; return whether it is the best so far."""
        score = record["validation_score"] if self.by_validation else -record["training_loss"]
        self.waited = self.waited + 1 if score < self.best + self.tol else 0
        if not score > self.best:
            return False
        self.best = score
        if self.by_validation:
            self.best_epoch, self._best_weights = int(record["epoch"]), weights.clone()
        return True

    def should_stop(self) -> bool:
        """Return whether it has been waited for too long, at the lowest learning rate."""
        if not 0 < self.epochs < self.waited:
            return False
        if self.rate is None or not self.rate.lower():
            return True
        self.waited = 0
        return False

    def restore(self, weights: Tensor) -> bool:
        """Put the weights of the best epoch back, if they were kept."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
