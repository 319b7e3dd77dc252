"""Closed-form schedules: a formula of the update alone, whatever the losses are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


class ClosedFormSchedule(ABC):
    """A schedule that is a formula of the update and the number of updates."""

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """Return the share of the full rate, 0 to 1, at update 0 <= step < steps."""

    def bind(self, steps: int) -> ClosedFormRate:
        """Return the rate of a run of `steps` updates."""
        return ClosedFormRate(self, steps)


@dataclass(frozen=True)
class ClosedFormRate:
    """The rate of a run of `steps` updates."""

    schedule: ClosedFormSchedule
    steps: int

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step`, counted from 0."""
        return self.schedule.factor(step, self.steps)

    def validated(self, loss: float) -> None:
        """Ignore a validation loss."""
