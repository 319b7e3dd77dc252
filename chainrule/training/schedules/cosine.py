"""Cosine: half a wave down, slow at both ends."""

import math
from dataclasses import dataclass

from chainrule.training.schedules.bounds import require
from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("cosine")
@dataclass(frozen=True)
class Cosine(Timetable):
    """factor = final + (1 - final) (1 + cos(pi step / steps)) / 2.

    One cycle without restarts; torch's CosineAnnealingLR with T_max = steps. The last update
    still has a rate a little above `final`, which is reached just after it.
    Args:
        final: share of the full rate that is left when the run ends, 0 to 1.
    Source: Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts,
    equation 5.
    """

    final: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would let the rate grow, or turn its sign."""
        require(0 <= self.final <= 1, self, "final", "a share of the rate from 0 to 1")

    def factor(self, step: int, steps: int) -> float:
        """1 at the start, `final` just after the last update."""
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * step / steps)) / 2
