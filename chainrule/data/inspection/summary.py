"""What a column is: its role, what is missing, what its values are, and what is made of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.dates import EPOCH, days_since_epoch, infer_date_order
from chainrule.data.columns.roles import ColumnRole
from chainrule.data.preparation.columns import fit_column
from chainrule.data.preparation.encoding import OneHot
from chainrule.data.preparation.scaling import SmoothClipping
from chainrule.data.table import Column, Table

MAX_VALUES = 3
MAX_LENGTH = 24
MIN_SKEW = 2.0
MAX_WHOLE = 1e15  # up to here all digits of a whole number are shown


@dataclass(frozen=True)
class Summary:
    """A column in a few words.

    Attributes:
        name: of the column.
        role: that it has.
        reason: of the role, in words that go on after "as".
        missing: the share of the rows that lack a value, 0 to 1.
        distinct: how many different values there are.
        values: their range, or the commonest ones with their shares.
        skew: of numbers, the third moment of the standardised values; None of others.
        features: that are made of it as is usual, one-hot of categories; 0 if it is left out.
    """

    name: str
    role: str
    reason: str
    missing: float
    distinct: int
    values: str
    skew: float | None
    features: int

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)


def summary_of(table: Table, column: Column, role: ColumnRole) -> Summary:
    """The summary of a column of a table.

    Raises:
        InputError: the role was given by a person and does not fit the values.
    """
    known = column.take(~column.missing)
    fitted = fit_column(column, role.role, table, SmoothClipping, OneHot)
    return Summary(
        column.name,
        role.role,
        role.reason,
        float(column.missing.mean()) if len(column) else 0.0,
        len(set(known.values.tolist())),
        _values(known, role),
        skew_of(known.values) if role.role == "number" and known.kind == "number" else None,
        0 if fitted is None else len(fitted.feature_names),
    )


def values_of(column: Column) -> str:
    """The range of numbers, or the commonest texts with their shares; nothing of no values."""
    if len(column) == 0:
        return ""
    if column.kind == "number":
        # Of halves, as the difference of the largest numbers is no float.
        low, middle, high = map(_figure, (2 * np.quantile(column.values / 2, [0, 0.5, 1])).tolist())
        return f"{low} to {high}, median {middle}"
    counts = Counter(column.values.tolist())
    told = [
        f"{_short(text)} {count / len(column):.0%}"
        for text, count in counts.most_common(MAX_VALUES)
    ]
    return ", ".join([*told, *(["..."] if len(counts) > MAX_VALUES else [])])


def skew_of(values: NDArray[np.float64]) -> float:
    """The skew: the mean of ((x - mean) / deviation)^3, 0 of a constant.

    It is above 0 where a few values are far larger than most. Source: Joanes & Gill (1998),
    Comparing measures of sample skewness and kurtosis, g1.
    """
    if not values.any():
        return 0.0
    scaled = values / np.abs(values).max()  # so that no power overflows
    deviations = scaled - scaled.mean()
    deviation = float(deviations.std())
    return float(((deviations / deviation) ** 3).mean()) if deviation > 0 else 0.0


def _values(known: Column, role: ColumnRole) -> str:
    if len(known) == 0:
        return ""
    match role.role:
        case "number" if known.kind == "number":
            skew = skew_of(known.values)
            return values_of(known) + (f", skew {skew:.1f}" if abs(skew) >= MIN_SKEW else "")
        case "number" | "category" | "yes_no" | "constant":
            return values_of(known)
        case "date":
            return _span(known)
        case "identifier" | "text":
            return f"such as {_short(known.categories()[0])}"
        case _:
            assert_never(role.role)


def _span(known: Column) -> str:
    """The first and the last date."""
    found = None if known.kind == "number" else infer_date_order(set(known.values), min_share=0)
    days = days_since_epoch(known, "day_first" if found is None else found[0])
    ends = [date.fromordinal(EPOCH + int(day)) for day in (np.nanmin(days), np.nanmax(days))]
    return " to ".join(end.isoformat() for end in ends)


def _figure(number: float) -> str:
    """A number in a few digits; a whole one that may be a year is not divided by commas."""
    if number.is_integer() and abs(number) < MAX_WHOLE:
        return f"{number:.0f}" if abs(number) < 10_000 else f"{number:,.0f}"
    return f"{number:.6g}"


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}..."
