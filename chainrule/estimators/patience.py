"""Patience: scikit-learn's rule of when learning stands still."""

import math
from dataclasses import dataclass


@dataclass
class Patience:
    """Counts the epochs in a row whose score is not by `tol` above the best so far.

    The score is that of the validation samples, or the negative training loss. Unlike in
    scikit-learn's text, but as in its code, one more epoch than `epochs` has to pass.
    Args:
        tol: what counts as better.
        epochs: that are waited for; 0 for without end.
    Attributes:
        best: score so far.
        waited: for so many epochs.
    """

    tol: float
    epochs: int
    best: float = -math.inf
    waited: int = 0

    def seen(self, score: float) -> bool:
        """Take note of an epoch's score; True if it is the best so far."""
        self.waited = self.waited + 1 if score < self.best + self.tol else 0
        if not score > self.best:
            return False
        self.best = score
        return True

    @property
    def over(self) -> bool:
        """Whether it has been waited for too long."""
        return 0 < self.epochs < self.waited

    def wait_anew(self) -> None:
        """Count from here on, as something was changed."""
        self.waited = 0
