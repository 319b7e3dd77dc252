"""Flat, then a cosine: all of it for half of the run, then less and less."""

import math
from dataclasses import dataclass

from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("flat_cos")
@dataclass(frozen=True)
class FlatCos(Timetable):
    """factor = 1 while t = step / steps is below 1/2, then (1 + cos(pi (2 t - 1))) / 2.

    For what holds a network back, dropout and weight decay: at the end it fits without them.
    Source: Holzmüller et al. (2024), Better by default: strong pre-tuned MLPs and boosted trees on
    tabular data, section 3, "flat_cos" for dropout and weight decay of RealMLP.
    """

    def factor(self, step: int, steps: int) -> float:
        """1, then falling to 0 as half a wave."""
        t = step / steps
        return 1.0 if t < 0.5 else (1 + math.cos(math.pi * (2 * t - 1))) / 2
