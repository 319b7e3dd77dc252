"""Closed-form schedules: a formula of the update alone, whatever the losses are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from chainrule.errors import InputError


class ClosedFormSchedule(ABC):
    """A schedule that is a formula of the update and the number of updates.

    Attributes:
        of_whole_run: whether its updates are those of the whole run, a warm-up included; otherwise
            they are those after the warm-up.
    """

    of_whole_run: ClassVar[bool] = False

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """Return the share of the full rate, 0 to 1, at update 0 <= step < steps."""

    def bind(self, steps: int, warm_up: int = 0) -> ClosedFormRate:
        """Return the rate of a run of `steps` updates, of which the first `warm_up` are a warm-up.

        Raises:
            InputError: the schedule lowers the rate before the warm-up has raised it.
        """
        if not self.of_whole_run:
            return ClosedFormRate(self, warm_up, steps - warm_up)
        if warm_up and self.factor(warm_up, steps) < 1:
            raise InputError(
                f"warm-up: got a length of {warm_up:,} of {steps:,} updates, after which the "
                f"schedule {self} has already lowered the rate; expected a warm-up that ends "
                "before. Use a shorter one, or another schedule."
            )
        return ClosedFormRate(self, 0, steps)


@dataclass(frozen=True)
class ClosedFormRate:
    """The rate of a schedule of `steps` updates, which begins at update `start` of the run."""

    schedule: ClosedFormSchedule
    start: int
    steps: int

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step` of the run, counted from 0."""
        return self.schedule.factor(step - self.start, self.steps)

    def validated(self, loss: float) -> None:
        """Ignore a validation loss."""
