"""Dates and times as people write them, and the number of days since 1970 that they are."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column

# What stands first where the year stands last.
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
MAX_LENGTH = 40  # of the texts that they match

EPOCH = date(1970, 1, 1).toordinal()
SECONDS_A_DAY = 86_400
# As days since 1970 these would be beyond the year 29,000, so they are dates such as 20240131.
MIN_COMPACT_DATE = 10_000_101

MIN_DATE_SHARE = 0.9
MAX_TEXTS = 10_000


def parse_days(text: str, order: DateOrder) -> float | None:
    """The days since 1970 that a text tells, in UTC where it has a time zone; None if it is none.

    Dates are 2024-01-31, with - . or / between, 20240131, 31.1.2024 or 1/31/2024; a time may
    follow, as in 2024-01-31T10:30:00Z or 1/31/2024 10:30 PM. A time alone is a part of a day.
    Args:
        text: that is looked at.
        order: what stands first where the year stands last.

    >>> parse_days("1970-01-02 12:00", "day_first"), parse_days("2.1.1970", "day_first")
    (1.5, 1.0)
    >>> parse_days("31.2.1970", "day_first"), parse_days("18:00", "day_first")
    (None, 0.75)
    """
    found = _fields(text)
    return None if found is None else _days(found, order)


def infer_date_order(
    texts: Collection[str], least: float = MIN_DATE_SHARE
) -> tuple[DateOrder, bool] | None:
    """How a column writes dates, and whether that is sure; None where they are no dates.

    Where all could be read either way, a point between means day first, anything else month first,
    which then is a guess. Of very many texts 10,000 are looked at.
    Args:
        texts: each once, at least one.
        least: the share of them that must be dates, and at least one.

    >>> infer_date_order(["31.12.2024", "1.2.2024"]), infer_date_order(["1/2/2024"])
    (('day_first', True), ('month_first', False))
    >>> infer_date_order(["soon"]) is None
    True
    """
    looked_at = list(texts)[:: -(-len(texts) // MAX_TEXTS)]
    found = [fields for text in looked_at if (fields := _fields(text)) is not None]
    read: dict[DateOrder, int] = {
        order: sum(_days(fields, order) is not None for fields in found)
        for order in ("day_first", "month_first")
    }
    if max(read.values()) < max(1, least * len(looked_at)):
        return None
    if read["day_first"] != read["month_first"]:
        return max(read, key=lambda order: read[order]), True
    doubtful = [f for f in found if "first" in f and f["first"] != f["second"]]
    if all(fields["sign"] == "." for fields in doubtful):
        return "day_first", True
    return "month_first", False


def days_since_epoch(column: Column, order: DateOrder) -> NDArray[np.float64]:
    """The days since 1970 of each row, (rows,); NaN where the value is missing or no date.

    Numbers are such days already, as Parquet and data frames give them, or dates like 20240131.
    """
    if column.kind == "number" and not (column.values >= MIN_COMPACT_DATE).any():
        return column.values
    texts = column.categories().tolist()
    days = {text: parse_days(text, order) for text in set(texts) - {None}}
    return np.array([days.get(text) for text in texts], np.float64)  # None becomes NaN


def _fields(text: str) -> dict[str, str] | None:
    """The parts of a text by their names; None if it is written like no date and no time."""
    if not text[:1].isdigit() or len(text) > MAX_LENGTH:
        return None
    match = next(filter(None, (pattern.fullmatch(text) for pattern in PATTERNS)), None)
    return None if match is None else {k: v for k, v in match.groupdict().items() if v is not None}


def _days(fields: dict[str, str], order: DateOrder) -> float | None:
    """The days of such parts; None if there is no such day or time."""
    day, month = fields.get("day"), fields.get("month")
    if "first" in fields:
        day, month = fields["first"], fields["second"]
        if order == "month_first":
            day, month = month, day
    days = 0
    if day is not None and month is not None:
        try:
            days = date(int(fields["year"]), int(month), int(day)).toordinal() - EPOCH
        except ValueError:  # such as February 31
            return None
    seconds = _seconds(fields) if "hour" in fields else 0.0
    return None if seconds is None else days + seconds / SECONDS_A_DAY


def _seconds(fields: dict[str, str]) -> float | None:
    """The seconds since midnight in UTC; None if there is no such time."""
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
    """The seconds that a time zone such as +09:00 is ahead of UTC."""
    if zone in "zZ":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    return -seconds if zone[0] == "-" else seconds
