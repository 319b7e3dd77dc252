"""One cycle: the rate rises to the full rate, then falls to almost zero."""

import math
from dataclasses import dataclass
from typing import Annotated

from chainrule.ranges import Range, check_settings
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("one_cycle")
@dataclass(frozen=True)
class OneCycle(ClosedFormSchedule):
    """Half a cosine wave from first up to 1, and another from 1 down to last:

    first = 1 / div_factor, at update 0
    last = first / final_div_factor, at update steps - 1
    with the peak at update pct_start steps - 1, which need not be a whole number.

    The same as torch's OneCycleLR with cosine annealing, but without its cycle of the momentum,
    which stays constant. fastai's fit_one_cycle rises over 0.25 of the run and ends at 1e-5 of the
    full rate; the cycle of the paper is linear.
    Args:
        pct_start: share of the run over which the rate rises, above 0 and below 1.
        div_factor: the full rate divided by the first, at least 1.
        final_div_factor: the first rate divided by the last, at least 1.
    Source: Smith & Topin (2018), Super-convergence: very fast training of neural networks using
    large learning rates, section 3.
    """

    pct_start: Annotated[float, Range(above=0, below=1)] = 0.3
    div_factor: Annotated[float, Range(1)] = 25.0
    final_div_factor: Annotated[float, Range(1)] = 1e4

    def __post_init__(self) -> None:
        """Check that the rate rises, falls and never exceeds the full rate."""
        check_settings(self)

    def factor(self, step: int, steps: int) -> float:
        """Return the factor: 1 / div_factor at first, 1 at the peak, `last` at the last update."""
        first = 1 / self.div_factor
        peak = self.pct_start * steps - 1
        if step < peak:
            return _half_wave(first, 1.0, step / peak)
        return _half_wave(1.0, first / self.final_div_factor, (step - peak) / (steps - 1 - peak))


def _half_wave(start: float, end: float, share: float) -> float:
    """Return the value between start and end at a share, 0 to 1, of half a cosine wave."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
