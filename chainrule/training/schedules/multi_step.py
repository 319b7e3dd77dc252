"""Multi-step: a staircase down, with steps wherever they are wanted."""

from dataclasses import dataclass
from itertools import pairwise

from chainrule.training.schedules.bounds import require, updates
from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("multi_step")
@dataclass(frozen=True)
class MultiStep(Timetable):
    """factor = gamma^k once k of the places `at` have been reached.

    torch's MultiStepLR, with the places as shares of the run instead of numbers.
    Args:
        at: rising shares of the run, each above 0 and below 1.
        gamma: by which the rate is multiplied at each, above 0 and at most 1.
    Source: He et al. (2016), Deep residual learning for image recognition, section 4.2: a tenth
    of the rate at 32,000 and again at 48,000 of 64,000 updates.
    """

    at: tuple[float, ...] = (0.5, 0.75)
    gamma: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what would let the rate grow."""
        inside = all(0 < place < 1 for place in self.at)
        rising = all(before < after for before, after in pairwise(self.at))
        require(inside and rising, self, "at", "rising shares of the run between 0 and 1")
        require(0 < self.gamma <= 1, self, "gamma", "a number above 0 and at most 1")

    def factor(self, step: int, steps: int) -> float:
        """gamma to the number of places that were reached."""
        return float(self.gamma ** sum(updates(place, steps) <= step for place in self.at))
