"""Constant: the full rate from the first update to the last."""

from dataclasses import dataclass

from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("constant")
@dataclass(frozen=True)
class Constant(ClosedFormSchedule):
    """factor = 1.

    With noisy gradients the weights then do not converge, which requires rates whose squares have
    a finite sum: Robbins & Monro (1951), A stochastic approximation method.
    """

    def factor(self, step: int, steps: int) -> float:
        """Return 1."""
        return 1.0
