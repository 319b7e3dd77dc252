"""Dates and times as text, parsed into days since 1970."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column

# The order of day and month in dates that end with the year.
DateOrder = Literal["day_first", "month_first"]

_TIME = r"""
    (?P<hour>\d{1,2}) : (?P<minute>\d{2}) (?: : (?P<seconds>\d{2} (?: [.,]\d{1,9} )? ) )?
    (?: \s? (?P<half> [ap] )\.?m\.? )?
    (?: \s? (?P<zone> z | [+-]\d{2} (?: :? \d{2} )? ) )?
"""
_DATES = (
    r"(?P<year>\d{4}) (?P<sign>[-./]) (?P<month>\d{1,2}) (?P=sign) (?P<day>\d{1,2})",
    r"(?P<year>\d{4}) (?P<month>\d{2}) (?P<day>\d{2})",
    r"(?P<first>\d{1,2}) (?P<sign>[-./]) (?P<second>\d{1,2}) (?P=sign) (?P<year>\d{4})",
)
PATTERNS = [
    re.compile(pattern, re.VERBOSE | re.IGNORECASE | re.ASCII)
    for pattern in (*(rf"{day} (?: [T\s] \s? {_TIME} )?" for day in _DATES), _TIME)
]
MAX_LENGTH = 40  # of a text that matches one of the patterns

EPOCH = date(1970, 1, 1).toordinal()
SECONDS_A_DAY = 86_400
# As days since 1970 these would be beyond the year 29,000, so they are dates such as 20240131.
MIN_COMPACT_DATE = 10_000_101

MIN_DATE_SHARE = 0.9
MAX_TEXTS = 10_000


def parse_days(text: str, order: DateOrder) -> float | None:
    """Return the days since 1970, in UTC where a time zone is given; None if `text` is no date.

    Dates are 2024-01-31, with - . or / between, 20240131, 31.1.2024 or 1/31/2024; a time may
    follow, as in 2024-01-31T10:30:00Z or 1/31/2024 10:30 PM. A time alone is a fraction of a day.
    Args:
        text: the date or time.
        order: of day and month where the year comes last.

    >>> parse_days("1970-01-02 12:00", "day_first"), parse_days("2.1.1970", "day_first")
    (1.5, 1.0)
    >>> parse_days("31.2.1970", "day_first"), parse_days("18:00", "day_first")
    (None, 0.75)
    """
    fields = _fields(text)
    return None if fields is None else _days(fields, order)


def infer_date_order(
    texts: Collection[str], min_share: float = MIN_DATE_SHARE
) -> tuple[DateOrder, bool] | None:
    """Infer the order of day and month, and whether it is certain; None if they are no dates.

    Where every date can be read either way, a point as separator means day first and is certain;
    any other separator means month first and is a guess. At most 10,000 texts are examined.
    Args:
        texts: distinct texts, at least one.
        min_share: the share of them that must be dates; at least one must be.

    >>> infer_date_order(["31.12.2024", "1.2.2024"]), infer_date_order(["1/2/2024"])
    (('day_first', True), ('month_first', False))
    >>> infer_date_order(["soon"]) is None
    True
    """
    sample = list(texts)[:: -(-len(texts) // MAX_TEXTS)]
    parsed = [fields for text in sample if (fields := _fields(text)) is not None]
    valid: dict[DateOrder, int] = {
        order: sum(_days(fields, order) is not None for fields in parsed)
        for order in ("day_first", "month_first")
    }
    if max(valid.values()) < max(1, min_share * len(sample)):
        return None
    if valid["day_first"] != valid["month_first"]:
        return max(valid, key=lambda order: valid[order]), True
    ambiguous = [f for f in parsed if "first" in f and f["first"] != f["second"]]
    if all(fields["sign"] == "." for fields in ambiguous):
        return "day_first", True
    return "month_first", False


def days_since_epoch(column: Column, order: DateOrder) -> NDArray[np.float64]:
    """Return the days since 1970 of each row, (rows,); NaN where the value is missing or no date.

    Numbers are either days since 1970, as readers of typed dates give them, or dates like 20240131.
    """
    if column.kind == "number" and not (column.values >= MIN_COMPACT_DATE).any():
        return column.values
    texts = column.categories().tolist()
    days = {text: parse_days(text, order) for text in set(texts) - {None}}
    return np.array([days.get(text) for text in texts], np.float64)  # None becomes NaN


def _fields(text: str) -> dict[str, str] | None:
    """Return the fields of a date or time by name; None if the text matches no pattern."""
    if not text[:1].isdigit() or len(text) > MAX_LENGTH:
        return None
    match = next(filter(None, (pattern.fullmatch(text) for pattern in PATTERNS)), None)
    return None if match is None else {k: v for k, v in match.groupdict().items() if v is not None}


def _days(fields: dict[str, str], order: DateOrder) -> float | None:
    """Return the days since 1970 for the fields; None if that day or time does not exist."""
    day, month = fields.get("day"), fields.get("month")
    if "first" in fields:
        day, month = fields["first"], fields["second"]
        if order == "month_first":
            day, month = month, day
    days = 0
    if day is not None and month is not None:
        try:
            days = date(int(fields["year"]), int(month), int(day)).toordinal() - EPOCH
        except ValueError:  # for example February 31
            return None
    seconds = _seconds(fields) if "hour" in fields else 0.0
    return None if seconds is None else days + seconds / SECONDS_A_DAY


def _seconds(fields: dict[str, str]) -> float | None:
    """Return the seconds since midnight in UTC; None if that time does not exist."""
    hour, minute = int(fields["hour"]), int(fields["minute"])
    seconds = float(fields.get("seconds", "0").replace(",", "."))
    if "half" in fields:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if fields["half"].lower() == "p" else 0)
    if hour > 23 or minute > 59 or seconds >= 60:
        return None
    return 3600 * hour + 60 * minute + seconds - _offset(fields.get("zone", "z"))


def _offset(zone: str) -> int:
    """Return the seconds by which a time zone such as +09:00 is ahead of UTC."""
    if zone in "zZ":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    return -seconds if zone[0] == "-" else seconds
