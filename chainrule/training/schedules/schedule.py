"""What a learning rate schedule is, and the registry of them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from chainrule.registry import Registry


class Rate(Protocol):
    """The learning rate along one run, as a share of the full rate, 0 to 1.

    It depends on the update and on the validation losses so far, on nothing else. So a resumed
    run restores it from its history: bind the schedule again, and tell it the losses again.
    """

    def factor(self, step: int) -> float:
        """The share of the full rate at update `step`, counted from 0."""
        ...

    def validated(self, loss: float) -> None:
        """Take note of a validation loss; most schedules need none."""
        ...


class Schedule(Protocol):
    """Knows how the learning rate goes over a run, however long the run is."""

    def bind(self, steps: int) -> Rate:
        """The rate along a run of that many updates, at least 1.

        Raises:
            InputError: the run is too short for the schedule.
        """
        ...


SCHEDULES: Registry[type[Schedule]] = Registry("schedule")

T = TypeVar("T", bound=type[Schedule])


def schedule(name: str) -> Callable[[T], T]:
    """Register a class as the schedule of that name.

    It is a dataclass in which each setting has a default, so that texts such as
    "step:every=0.1,gamma=0.5" can make it.
    """
    return SCHEDULES.register(name)
