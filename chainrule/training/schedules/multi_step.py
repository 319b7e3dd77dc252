"""Multi-step decay: the rate falls by a factor at given points of the run."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from chainrule.ranges import UpToOne, check_settings, invalid_setting
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.length import updates
from chainrule.training.schedules.schedule import schedule


@schedule("multi_step")
@dataclass(frozen=True)
class MultiStep(ClosedFormSchedule):
    """factor = gamma^k once k of the points `at` have been reached.

    The same as torch's MultiStepLR, with milestones as shares of the run instead of epochs.
    Args:
        at: rising shares of the run, a warm-up included, each above 0 and below 1.
        gamma: factor on the rate at each of them, above 0 and at most 1.
    Source: He et al. (2016), Deep residual learning for image recognition, section 4.2: a tenth
    of the rate at 32,000 and again at 48,000 of 64,000 updates.
    """

    of_whole_run: ClassVar[bool] = True

    at: tuple[float, ...] = (0.5, 0.75)
    gamma: UpToOne = 0.1

    def __post_init__(self) -> None:
        """Check that the points are in order and that the rate does not grow."""
        check_settings(self)
        inside = all(0 < share < 1 for share in self.at)
        rising = all(before < after for before, after in pairwise(self.at))
        if not (inside and rising):
            raise invalid_setting(self, "at", "rising shares of the run between 0 and 1")

    def factor(self, step: int, steps: int) -> float:
        """Return gamma to the number of points that have been reached."""
        return float(self.gamma ** sum(updates(share, steps) <= step for share in self.at))
