"""Bounds of a schedule's settings, and how a share of a run becomes a number of updates."""

from __future__ import annotations

import dataclasses
from typing import Any

from chainrule.errors import InputError


def require(fits: bool, schedule: Any, setting: str, expected: str) -> None:
    """Refuse the value of a setting that does not fit.

    Args:
        fits: whether it does.
        schedule: the dataclass that has the setting, with a default as the example.
        setting: its name.
        expected: what it takes, in words.
    Raises:
        InputError: it does not fit.
    """
    if fits:
        return
    kind = type(schedule)
    usual = next(f.default for f in dataclasses.fields(kind) if f.name == setting)
    raise InputError(
        f"schedule {kind.__name__}: got {setting}={getattr(schedule, setting)}, expected "
        f"{expected}, such as {setting}={usual}."
    )


def updates(share: float, steps: int) -> int:
    """The nearest whole number of updates to that share of a run, at least 1.

    Rounded before it is compared: 0.7 of 10 updates is 7.000000000000001 in floating point, and
    what should happen at update 7 would happen at 8.

    >>> updates(0.7, 10), updates(0.001, 10)
    (7, 1)
    """
    return max(1, round(share * steps))
