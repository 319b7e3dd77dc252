"""Constant: the full rate from the first update to the last."""

from dataclasses import dataclass

from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("constant")
@dataclass(frozen=True)
class Constant(Timetable):
    """factor = 1.

    With noisy gradients the weights then never quite settle. That they do takes rates whose
    squares have a finite sum: Robbins & Monro (1951), A stochastic approximation method.
    """

    def factor(self, step: int, steps: int) -> float:
        """1."""
        return 1.0
