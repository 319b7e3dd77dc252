"""Range checks for the settings of schedules, and the conversion of shares into updates."""

from __future__ import annotations

import dataclasses
from typing import Any

from chainrule.errors import InputError


def require(fits: bool, schedule: Any, setting: str, expected: str) -> None:
    """Check a setting of a schedule.

    Args:
        fits: whether the value is in its range.
        schedule: the dataclass with the setting, whose default the error message suggests.
        setting: name of the setting.
        expected: description of its range.
    Raises:
        InputError: the value is outside its range.
    """
    if fits:
        return
    kind = type(schedule)
    default = next(f.default for f in dataclasses.fields(kind) if f.name == setting)
    raise InputError(
        f"schedule {kind.__name__}: got {setting}={getattr(schedule, setting)}, expected "
        f"{expected}, such as {setting}={default}."
    )


def updates(share: float, steps: int) -> int:
    """Return a share of a run as the nearest whole number of updates, at least 1.

    Rounding comes before any comparison: 0.7 of 10 updates is 7.000000000000001 in floating point,
    so that a change due at update 7 would come at 8.

    >>> updates(0.7, 10), updates(0.001, 10)
    (7, 1)
    """
    return max(1, round(share * steps))
