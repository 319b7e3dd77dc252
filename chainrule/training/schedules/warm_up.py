"""Warm-up: the rate rises linearly before a schedule begins."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import InputError
from chainrule.ranges import UpToOne, check_settings, invalid_setting
from chainrule.training.schedules.length import updates
from chainrule.training.schedules.schedule import Rate, Schedule


@dataclass(frozen=True)
class WarmUp:
    """factor = start + (1 - start) step / w in the w updates of the warm-up, then the schedule's.

    Update 0 has the share `start` of the full rate, which is above 0, so that it moves the weights;
    update w has the full rate. The schedule covers the updates after the warm-up, as in torch's
    SequentialLR of a LinearLR and the schedule; but the points of multi_step and the intervals of
    step are shares of the whole run, so that the warm-up does not move them.

    Validations during the warm-up count for a schedule that depends on the losses.
    Args:
        schedule: schedule after the warm-up.
        length: length of the warm-up: below 1 a share of the run, from 1 on a whole number of
            updates.
        start: share of the full rate at update 0, above 0 and at most 1; 0.01 as in torchvision's
            reference training.
    Source: Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour,
    section 2.2, "gradual warmup".
    """

    schedule: Schedule
    length: float = 0.05
    start: UpToOne = 0.01

    def __post_init__(self) -> None:
        """Check the length, and that the first rate is above 0."""
        check_settings(self)
        share = 0 < self.length < 1
        whole = self.length >= 1 and float(self.length).is_integer()
        if not (share or whole):
            expected = "a share of the run above 0 and below 1, or a whole number of updates"
            raise invalid_setting(self, "length", expected)

    def bind(self, steps: int, warm_up: int = 0) -> WarmUpRate:
        """Return the rate of a run of `steps` updates.

        Raises:
            InputError: the warm-up would leave no update for the schedule, or end after its first
                step.
        """
        length = updates(self.length, steps) if self.length < 1 else int(self.length)
        if length >= steps:
            raise InputError(
                f"warm-up: got a length of {length:,} updates, but the whole run has {steps:,}; "
                f"expected fewer. Use a share of the run, such as 0.05, or more epochs."
            )
        return WarmUpRate(length, self.start, self.schedule.bind(steps, length))


@dataclass(frozen=True)
class WarmUpRate:
    """The rate of a warm-up of `length` updates, then the rate `following`."""

    length: int
    start: float
    following: Rate

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step`, counted from 0."""
        if step < self.length:
            return self.start + (1 - self.start) * step / self.length
        return self.following.factor(step)

    def validated(self, loss: float) -> None:
        """Pass a validation loss on to the schedule."""
        self.following.validated(loss)
