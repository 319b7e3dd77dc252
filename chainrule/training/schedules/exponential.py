"""Exponential: every update takes away the same share of the rate that is left."""

from dataclasses import dataclass

from chainrule.training.schedules.bounds import require
from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("exponential")
@dataclass(frozen=True)
class Exponential(Timetable):
    """factor = final^(step / steps): a straight line where rates are drawn on a log axis.

    torch's ExponentialLR with gamma = final^(1 / steps).
    Args:
        final: share of the full rate that is left when the run ends, above 0 and at most 1.
    Source: Senior et al. (2013), An empirical study of learning rates in deep neural networks for
    speech recognition, "exponential scheduling".
    """

    final: float = 0.01

    def __post_init__(self) -> None:
        """Refuse what would let the rate grow."""
        require(0 < self.final <= 1, self, "final", "a share of the rate above 0 and at most 1")

    def factor(self, step: int, steps: int) -> float:
        """1 at the start, `final` just after the last update."""
        return float(self.final ** (step / steps))
