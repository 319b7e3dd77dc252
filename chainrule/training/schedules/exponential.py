"""Exponential decay: each update multiplies the rate by the same factor."""

from dataclasses import dataclass

from chainrule.ranges import UpToOne, check_settings
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("exponential")
@dataclass(frozen=True)
class Exponential(ClosedFormSchedule):
    """factor = final^(step / steps): a straight line on a logarithmic axis.

    The same as torch's ExponentialLR with gamma = final^(1 / steps).
    Args:
        final: share of the full rate at the end of the run, above 0 and at most 1.
    Source: Senior et al. (2013), An empirical study of learning rates in deep neural networks for
    speech recognition, "exponential scheduling".
    """

    final: UpToOne = 0.01

    def __post_init__(self) -> None:
        """Check that the rate does not grow."""
        check_settings(self)

    def factor(self, step: int, steps: int) -> float:
        """Return the factor: 1 at the start, `final` just after the last update."""
        return float(self.final ** (step / steps))
