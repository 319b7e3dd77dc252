"""Coslog4: four cosine waves of the rate, each twice as long as the one before."""

import math
from dataclasses import dataclass

from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("coslog4")
@dataclass(frozen=True)
class Coslog4(ClosedFormSchedule):
    """factor = (1 - cos(2 pi log2(1 + 15 t))) / 2, with t = step / steps.

    The logarithm goes from 0 to 4, so the rate rises from 0 and falls back to it four times, over
    1/15, 2/15, 4/15 and 8/15 of the run. The network converges at the end of each wave, so that
    early stopping finds a good epoch even where the run is too long. The first update has rate 0.
    Source: Holzmüller et al. (2024), Better by default: strong pre-tuned MLPs and boosted trees on
    tabular data, section 3, the schedule of RealMLP.
    """

    def factor(self, step: int, steps: int) -> float:
        """Return the factor: 0 at both ends of each wave, 1 in its middle on the log scale."""
        return (1 - math.cos(2 * math.pi * math.log2(1 + 15 * step / steps))) / 2
