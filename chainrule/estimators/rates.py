"""Rates: the learning rates of scikit-learn's solver sgd that depend on what it calls time."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.training.schedules.schedule import Rate

SMALLEST_ADAPTIVE = 1e-6
ADAPTIVE_DIVISOR = 5.0


@dataclass(frozen=True)
class InverseScaling:
    """factor = 1 / (t + 1)^power, t the samples seen in the epochs before.

    Args:
        power: `power_t` of the estimator.
        samples: of an epoch.
        updates: of an epoch.
    """

    power: float
    samples: int
    updates: int

    def bind(self, steps: int) -> Rate:
        """Return this rate, which is the same however long the run is."""
        return self

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step`, counted from 0."""
        seen = step // self.updates * self.samples
        return float((seen + 1) ** -self.power)

    def validated(self, loss: float) -> None:
        """Ignore a validation loss."""


class Adaptive:
    """The full rate, divided by 5 whenever learning stands still.

    Args:
        learning_rate: the full one.
    """

    def __init__(self, learning_rate: float) -> None:
        self._learning_rate = learning_rate
        self._share = 1.0

    def bind(self, steps: int) -> Rate:
        """Return this rate, which is the same however long the run is."""
        return self

    def factor(self, step: int) -> float:
        """Return the share of the full rate, whatever the update."""
        return self._share

    def validated(self, loss: float) -> None:
        """Ignore a validation loss: `lower` is called where learning stands still."""

    def lower(self) -> bool:
        """Divide the rate by 5; return False, and change nothing, if it is too small for that."""
        if self._learning_rate * self._share <= SMALLEST_ADAPTIVE:
            return False
        self._share /= ADAPTIVE_DIVISOR
        return True
