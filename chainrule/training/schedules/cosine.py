"""Cosine annealing: half a cosine wave from the full rate down to the final one."""

import math
from dataclasses import dataclass
from typing import Annotated

from chainrule.ranges import Range, check_settings
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("cosine")
@dataclass(frozen=True)
class Cosine(ClosedFormSchedule):
    """factor = final + (1 - final) (1 + cos(pi step / steps)) / 2.

    One cycle without restarts, as torch's CosineAnnealingLR with T_max = steps. `final` is reached
    just after the last update, whose rate is slightly higher.
    Args:
        final: share of the full rate at the end of the run, 0 to 1.
    Source: Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts,
    equation 5.
    """

    final: Annotated[float, Range(0, 1)] = 0.0

    def __post_init__(self) -> None:
        """Check that the rate neither grows nor changes its sign."""
        check_settings(self)

    def factor(self, step: int, steps: int) -> float:
        """Return the factor: 1 at the start, `final` just after the last update."""
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * step / steps)) / 2
