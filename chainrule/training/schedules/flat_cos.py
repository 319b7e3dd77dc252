"""Flat cosine: constant over the first half of the run, half a cosine wave over the second."""

import math
from dataclasses import dataclass

from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("flat_cos")
@dataclass(frozen=True)
class FlatCos(ClosedFormSchedule):
    """factor = 1 while t = step / steps is below 1/2, then (1 + cos(pi (2 t - 1))) / 2.

    For regularisation, dropout and weight decay, which is off at the end of training.
    Source: Holzmüller et al. (2024), Better by default: strong pre-tuned MLPs and boosted trees on
    tabular data, section 3, "flat_cos" for dropout and weight decay of RealMLP.
    """

    def factor(self, step: int, steps: int) -> float:
        """Return the factor: 1, then falling to 0 along half a cosine wave."""
        t = step / steps
        return 1.0 if t < 0.5 else (1 + math.cos(math.pi * (2 * t - 1))) / 2
