"""Reduce on plateau: a smaller rate whenever the validation loss stops falling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chainrule.ranges import Count, Share, UpToOne, check_settings
from chainrule.training.schedules.schedule import schedule


@schedule("reduce_on_plateau")
@dataclass(frozen=True)
class ReduceOnPlateau:
    """factor = gamma^k after k reductions, each when the loss has not fallen for `patience` epochs.

    A loss has fallen if it is below best - threshold |best|; it then is the new best. A reduction
    resets the count of epochs, but not the best loss. Without validation samples the rate is
    constant.

    The same as torch's ReduceLROnPlateau with mode "min" and relative threshold, whose patience is
    smaller by 1, since it counts the epochs that are tolerated. Early stopping, whose patience is
    counted as here, needs a larger patience, or training ends before a smaller rate is tried.
    Args:
        gamma: factor on the rate at each reduction, above 0 and at most 1.
        patience: number of validations without a lower loss before a reduction, at least 1.
        threshold: smallest improvement, as a share of the best loss, from 0 to below 1.
    Source: Krizhevsky et al. (2012), ImageNet classification with deep convolutional neural
    networks, section 5: a tenth of the rate when the validation error stopped improving.
    """

    gamma: UpToOne = 0.1
    patience: Count = 5
    threshold: Share = 1e-4

    def __post_init__(self) -> None:
        """Check that the rate neither grows nor falls at every validation."""
        check_settings(self)

    def bind(self, steps: int, warm_up: int = 0) -> PlateauRate:
        """Return the rate of a run, whatever its length."""
        return PlateauRate(self)

    def factor_after(self, losses: Sequence[float]) -> float:
        """Return the share of the full rate after these validation losses, in order."""
        if not losses:
            return 1.0
        best, waiting, reductions = losses[0], 0, 0
        for loss in losses[1:]:
            if loss < best - self.threshold * abs(best):
                best, waiting = loss, 0
            else:
                waiting += 1
            if waiting == self.patience:
                waiting, reductions = 0, reductions + 1
        return float(self.gamma**reductions)


@dataclass
class PlateauRate:
    """The rate of one run, which depends on its validation losses."""

    schedule: ReduceOnPlateau
    _losses: list[float] = field(default_factory=list)
    _factor: float = 1.0

    def factor(self, step: int) -> float:
        """Return the share of the full rate, which is constant until the next validation."""
        return self._factor

    def validated(self, loss: float) -> None:
        """Record a validation loss, and reduce the rate if it is due."""
        self._losses.append(loss)
        self._factor = self.schedule.factor_after(self._losses)
