"""Step: a staircase down, with steps of equal length."""

from dataclasses import dataclass

from chainrule.training.schedules.bounds import require, updates
from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("step")
@dataclass(frozen=True)
class Step(Timetable):
    """factor = gamma^k after k stretches of the run, each `every` long.

    torch's StepLR, with the stretch as a share of the run instead of a number.
    Args:
        every: length of a stretch as a share of the run, above 0 and at most 1.
        gamma: by which the rate is multiplied after each, above 0 and at most 1.
    Source: Ge et al. (2019), The step decay schedule: a near optimal, geometrically decaying
    learning rate procedure for least squares, algorithm 1, which halves it.
    """

    every: float = 0.25
    gamma: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what would let the rate grow."""
        require(0 < self.every <= 1, self, "every", "a share of the run above 0 and at most 1")
        require(0 < self.gamma <= 1, self, "gamma", "a number above 0 and at most 1")

    def factor(self, step: int, steps: int) -> float:
        """gamma to the number of stretches that are over."""
        return float(self.gamma ** (step // updates(self.every, steps)))
