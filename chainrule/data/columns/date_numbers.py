"""Numbers as dates: units since an origin, and dates whose digits are one number.

They are read as dates only where the user says so, except dates of eight digits.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.vocabulary import DATE_UNITS
from chainrule.errors import InputError

MIN_SHARE = 0.9  # of the numbers that must fit
YEARS = (1800, 2200)
YEARS_OF_COMPACT_DATES = (1900, 2100)  # where nobody said that the numbers are dates
MIN_COMPACT_DATES = 3  # distinct ones


@dataclass(frozen=True)
class Unit:
    """A unit of time since an origin.

    Attributes:
        name: in words.
        per_day: units in a day.
        origin: in days since 1970.
    """

    name: str
    per_day: float
    origin: int = 0

    def days(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the days since 1970 of numbers in this unit."""
        return numbers / self.per_day + self.origin


_UNITS = (
    Unit("seconds since 1970", 86_400),
    Unit("milliseconds since 1970", 86_400e3),
    Unit("microseconds since 1970", 86_400e6),
    Unit("nanoseconds since 1970", 86_400e9),
    Unit("days since 1970", 1),
    Unit("days of Excel, since the end of 1899", 1, -25_569),
)
UNITS = dict(zip(DATE_UNITS, _UNITS, strict=True))
# From 1973 to 2286 the sizes of these do not overlap.
BY_SIZE = {
    "unix_seconds": (1e8, 1e10),
    "unix_milliseconds": (1e11, 1e13),
    "unix_microseconds": (1e14, 1e16),
    "unix_nanoseconds": (1e17, 1e19),
}


def are_compact_dates(numbers: NDArray[np.float64]) -> bool:
    """Return whether nearly all of at least three distinct numbers are dates such as 20240131.

    >>> are_compact_dates(np.array([20240131.0, 20240201.0, 20231224.0]))
    True
    """
    distinct = np.unique(numbers)
    return len(distinct) >= MIN_COMPACT_DATES and _fits(_are_days(distinct, YEARS_OF_COMPACT_DATES))


def infer_number_form(name: str, numbers: NDArray[np.float64]) -> str:
    """Return the unit of numbers, or their format of strptime, by their size and digits.

    Args:
        name: of the column, for messages.
        numbers: without missing values, at least one.
    Raises:
        InputError: several meanings are possible, or none.

    >>> infer_number_form("at", np.array([1.7e9])), infer_number_form("at", np.array([2021.0]))
    ('unix_seconds', '%Y')
    >>> infer_number_form("at", np.array([20240131.0])), infer_number_form("at", np.array([202403]))
    ('%Y%m%d', '%Y%m')
    """
    month, day = numbers // 100 % 100, numbers % 100
    six_digits = _are_whole(numbers) & (numbers >= 10_000) & (numbers < 1_000_000)
    meanings = {
        "%Y": _are_whole(numbers) & (numbers >= YEARS[0]) & (numbers <= YEARS[1]),
        "%Y%m": _are_months(numbers),
        "%y%m%d": six_digits & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31),
        "%Y%m%d": _are_days(numbers, YEARS),
        "%Y%m%d%H%M": _are_days(numbers // 10_000, YEARS),
        "%Y%m%d%H%M%S": _are_days(numbers // 1_000_000, YEARS),
    }
    found = [form for form, fits in meanings.items() if _fits(fits)]
    if not found:
        sizes = BY_SIZE.items()
        found = [unit for unit, size in sizes if _fits(_between(numbers, *size))]
    if len(found) == 1:
        return found[0]
    choices = " or ".join(f"--date-form {shlex.quote(f'{name}={form}')}" for form in found or UNITS)
    raise InputError(
        f"column '{name}': got numbers such as {numbers[0]:.15g}, expected dates, years such as "
        "2021, months such as 202403, or seconds since 1970, as its role requires. Say which they "
        f"are with {choices}, or use --role {shlex.quote(f'{name}=number')}."
    )


def _fits(mask: NDArray[np.bool_]) -> bool:
    return bool(mask.mean() >= MIN_SHARE)


def _are_whole(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(numbers == np.floor(numbers))


def _between(numbers: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    return np.asarray((numbers >= low) & (numbers < high))


def _are_months(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which numbers are months such as 202403."""
    month = numbers % 100
    of_years = _between(numbers // 100, YEARS[0], YEARS[1])
    return _are_whole(numbers) & of_years & (month >= 1) & (month <= 12)


def _are_days(numbers: NDArray[np.float64], years: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which numbers are days such as 20240131."""
    month, day = numbers // 100 % 100, numbers % 100
    of_years = _between(numbers // 10_000, years[0], years[1] + 1)
    is_month, is_day = (month >= 1) & (month <= 12), (day >= 1) & (day <= 31)
    return _are_whole(numbers) & of_years & is_month & is_day
