"""Step decay: the rate falls by a factor at regular intervals."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.ranges import UpToOne, check_settings
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.length import updates
from chainrule.training.schedules.schedule import schedule


@schedule("step")
@dataclass(frozen=True)
class Step(ClosedFormSchedule):
    """factor = gamma^k after k intervals of the run, each of length `every`.

    The same as torch's StepLR, with the interval as a share of the run instead of epochs.
    Args:
        every: length of an interval as a share of the run, a warm-up included, above 0 and at most
            1.
        gamma: factor on the rate after each interval, above 0 and at most 1.
    Source: Ge et al. (2019), The step decay schedule: a near optimal, geometrically decaying
    learning rate procedure for least squares, algorithm 1, which halves it.
    """

    of_whole_run: ClassVar[bool] = True

    every: UpToOne = 0.25
    gamma: UpToOne = 0.5

    def __post_init__(self) -> None:
        """Check that the intervals fit into the run and that the rate does not grow."""
        check_settings(self)

    def factor(self, step: int, steps: int) -> float:
        """Return gamma to the number of intervals that have passed."""
        return float(self.gamma ** (step // updates(self.every, steps)))
