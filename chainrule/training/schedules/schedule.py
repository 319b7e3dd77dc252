"""The interface of learning rate schedules, and the registry of them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from chainrule.registry import Registry


class Rate(Protocol):
    """The learning rate over one run, as a share of the full rate, 0 to 1.

    It depends only on the update and on the validation losses so far. So a resumed run restores it
    from its history: bind the schedule again, and pass the losses to `validated` again.
    """

    def factor(self, step: int) -> float:
        """Return the share of the full rate at update `step`, counted from 0."""
        ...

    def validated(self, loss: float) -> None:
        """Record a validation loss; most schedules ignore it."""
        ...


class Schedule(Protocol):
    """A schedule of the learning rate, independent of the length of the run."""

    def bind(self, steps: int, warm_up: int = 0) -> Rate:
        """Return the rate of a run.

        Args:
            steps: number of updates of the run, at least 1.
            warm_up: number of its first updates that are a warm-up, whose rates are not asked for.
        Raises:
            InputError: the run is too short for the schedule, or its warm-up too long.
        """
        ...


SCHEDULES: Registry[type[Schedule]] = Registry("schedule")

T = TypeVar("T", bound=type[Schedule])


def schedule(name: str) -> Callable[[T], T]:
    """Return a decorator that registers a class as the schedule of that name.

    The class is a dataclass whose settings have defaults, so that it can be made from texts such as
    "step:every=0.1,gamma=0.5".
    """
    return SCHEDULES.register(name)
