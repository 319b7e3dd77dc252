"""Timetable: a schedule that is known before the run begins, whatever the losses will be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


class Timetable(ABC):
    """A schedule that is a formula of the update and the number of updates alone."""

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """The share of the full rate, 0 to 1, at update 0 <= step < steps."""

    def bind(self, steps: int) -> TimetableRate:
        """The rate along a run of that many updates."""
        return TimetableRate(self, steps)


@dataclass(frozen=True)
class TimetableRate:
    """A timetable for a run of `steps` updates."""

    timetable: Timetable
    steps: int

    def factor(self, step: int) -> float:
        """The share of the full rate at update `step`, counted from 0."""
        return self.timetable.factor(step, self.steps)

    def validated(self, loss: float) -> None:
        """Nothing: the losses change no timetable."""
