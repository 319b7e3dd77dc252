"""Patience: the stopping rule of scikit-learn, for the training loop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from torch import Tensor

from chainrule.estimators.rates import Adaptive
from chainrule.training.loop.record import Record


@dataclass
class Patience:
    """Counter of consecutive epochs whose score is not above the best one by at least `tol`.

    The score is the negative training loss or that of the validation samples; then the weights of
    the best epoch are kept. As in scikit-learn's code, but not as in its documentation, training
    stops after `epochs` + 1 epochs.
    Args:
        tol: improvement of the score that resets the counter.
        epochs: number of epochs to wait; 0 for no limit.
        by_validation: whether the score is that of the validation samples.
        rate: learning rate to lower, while possible, instead of stopping.
    Attributes:
        best: best score so far.
        best_epoch: number of the epoch whose weights are kept; 0 if none are.
        waited: number of epochs without improvement.
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
        """Take an epoch's record and weights; return whether its score is the best so far."""
        score = record["validation_score"] if self.by_validation else -record["training_loss"]
        self.waited = self.waited + 1 if score < self.best + self.tol else 0
        if not score > self.best:
            return False
        self.best = score
        if self.by_validation:
            self.best_epoch, self._best_weights = int(record["epoch"]), weights.clone()
        return True

    def should_stop(self) -> bool:
        """Return whether the patience has run out, at the lowest learning rate."""
        if not 0 < self.epochs < self.waited:
            return False
        if self.rate is None or not self.rate.lower():
            return True
        self.waited = 0
        return False

    def restore(self, weights: Tensor) -> bool:
        """Restore the weights of the best epoch; return False, and change nothing, without them."""
        if self._best_weights is None:
            return False
        weights.copy_(self._best_weights)
        return True
