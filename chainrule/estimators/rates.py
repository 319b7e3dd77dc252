"""Rates: learning rate schedules of scikit-learn's solver sgd."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.training.schedules.schedule import Rate

SMALLEST_ADAPTIVE = 1e-6
ADAPTIVE_DIVISOR = 5.0


@dataclass(frozen=True)
class InverseScaling:
    """factor = 1 / (t + 1)^power, where t is the number of samples of all previous epochs.

    Args:
        power: `power_t` of the estimator.
        samples: number of samples in an epoch.
        updates: number of updates in an epoch.
    """

    power: float
    samples: int
    updates: int

    def bind(self, steps: int, warm_up: int = 0) -> Rate:
        """Return this rate, which does not depend on the length of the run."""
        return self

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step`, counted from 0."""
        t = step // self.updates * self.samples
        return float((t + 1) ** -self.power)

    def validated(self, loss: float) -> None:
        """Ignore a validation loss."""


class Adaptive:
    """A rate that is divided by 5 whenever the score stops improving.

    Args:
        learning_rate: the initial rate.
    """

    def __init__(self, learning_rate: float) -> None:
        self._learning_rate = learning_rate
        self._share = 1.0

    def bind(self, steps: int, warm_up: int = 0) -> Rate:
        """Return this rate, which does not depend on the length of the run."""
        return self

    def factor(self, step: int) -> float:
        """Return the current share of the initial rate."""
        return self._share

    def validated(self, loss: float) -> None:
        """Ignore a validation loss; `Patience` calls `lower`."""

    def lower(self) -> bool:
        """Divide the rate by 5; return False, and change nothing, if it is at its minimum."""
        if self._learning_rate * self._share <= SMALLEST_ADAPTIVE:
            return False
        self._share /= ADAPTIVE_DIVISOR
        return True
