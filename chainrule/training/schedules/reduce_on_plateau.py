"""Reduce on plateau: a smaller rate whenever the validation loss no longer falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chainrule.training.schedules.bounds import require
from chainrule.training.schedules.schedule import schedule


@schedule("reduce_on_plateau")
@dataclass(frozen=True)
class ReduceOnPlateau:
    """factor = gamma^k after k times that the loss has not fallen for `patience` validations.

    A loss has fallen if it is below best - threshold |best|, with the best of those that had;
    after a reduction the count begins anew, and the best stays. Without validation samples the
    rate stays full.

    torch's ReduceLROnPlateau with mode "min" and relative threshold; its patience is smaller by 1,
    since it counts the validations that are let pass. Early stopping, whose patience is counted as
    here, should have more of it, or training ends before a smaller rate has been tried.
    Args:
        gamma: by which the rate is multiplied, above 0 and at most 1.
        patience: validations without a lower loss after which that is done, at least 1.
        threshold: share of the best loss by which a lower one has to be lower, 0 up to below 1.
    Source: Krizhevsky et al. (2012), ImageNet classification with deep convolutional neural
    networks, section 5: a tenth of the rate when the validation error stopped improving.
    """

    gamma: float = 0.1
    patience: int = 5
    threshold: float = 1e-4

    def __post_init__(self) -> None:
        """Refuse what would let the rate grow, or fall at every validation."""
        require(0 < self.gamma <= 1, self, "gamma", "a number above 0 and at most 1")
        whole = isinstance(self.patience, int) and self.patience >= 1
        require(whole, self, "patience", "a whole number of at least 1")
        require(0 <= self.threshold < 1, self, "threshold", "a number from 0 up to below 1")

    def bind(self, steps: int) -> PlateauRate:
        """The rate along a run, of whatever length."""
        return PlateauRate(self)

    def factor_after(self, losses: Sequence[float]) -> float:
        """The share of the full rate after these validation losses, in their order."""
        if not losses:
            return 1.0
        best, waited, reductions = losses[0], 0, 0
        for loss in losses[1:]:
            if loss < best - self.threshold * abs(best):
                best, waited = loss, 0
            else:
                waited += 1
            if waited == self.patience:
                waited, reductions = 0, reductions + 1
        return float(self.gamma**reductions)


@dataclass
class PlateauRate:
    """A rate that follows the validation losses of one run."""

    schedule: ReduceOnPlateau
    _losses: list[float] = field(default_factory=list)
    _factor: float = 1.0

    def factor(self, step: int) -> float:
        """The share of the full rate; the same at every update until the next validation."""
        return self._factor

    def validated(self, loss: float) -> None:
        """Take note of a validation loss, which may lower the rate from now on."""
        self._losses.append(loss)
        self._factor = self.schedule.factor_after(self._losses)
