"""One cycle: up to the full rate, then down to next to nothing."""

import math
from dataclasses import dataclass

from chainrule.training.schedules.bounds import require
from chainrule.training.schedules.schedule import schedule
from chainrule.training.schedules.timetable import Timetable


@schedule("one_cycle")
@dataclass(frozen=True)
class OneCycle(Timetable):
    """Half a cosine wave from first up to 1, and another from 1 down to last:

    first = 1 / div_factor, at update 0
    last = first / final_div_factor, at update steps - 1
    with the peak at update pct_start steps - 1, which need not be a whole number.

    torch's OneCycleLR with cosine annealing and without its cycle of the momentum, which stays as
    it is. fastai's fit_one_cycle rises over 0.25 of the run and ends at 1e-5 of the full rate;
    the paper's own cycle rises and falls in straight lines.
    Args:
        pct_start: share of the run over which the rate rises, above 0 and below 1.
        div_factor: the full rate divided by the first, at least 1.
        final_div_factor: the first rate divided by the last, at least 1.
    Source: Smith & Topin (2018), Super-convergence: very fast training of neural networks using
    large learning rates, section 3.
    """

    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def __post_init__(self) -> None:
        """Refuse what has no rise or no fall, and what would exceed the full rate."""
        share = "a share of the run above 0 and below 1"
        require(0 < self.pct_start < 1, self, "pct_start", share)
        for divisor in ("div_factor", "final_div_factor"):
            fits = 1 <= getattr(self, divisor) < math.inf
            require(fits, self, divisor, "a number of at least 1")

    def factor(self, step: int, steps: int) -> float:
        """1 / div_factor at the start, 1 at the peak, the final rate at the last update."""
        first = 1 / self.div_factor
        peak = self.pct_start * steps - 1
        if step < peak:
            return _half_wave(first, 1.0, step / peak)
        return _half_wave(1.0, first / self.final_div_factor, (step - peak) / (steps - 1 - peak))


def _half_wave(start: float, end: float, share: float) -> float:
    """From start to end along half a cosine wave, of which that share is done."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
