"""Summary of a column: role, missing share, values, skew and number of features."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from chainrule.data.columns.dates import MAX_DAYS, read_dates
from chainrule.data.columns.roles import ColumnRole
from chainrule.data.columns.statistics import skew_of
from chainrule.data.preparation.columns import FittedColumn, fit_column
from chainrule.data.preparation.dates import Dates
from chainrule.data.preparation.encoding import OneHot
from chainrule.data.preparation.scaling import SmoothClipping
from chainrule.data.table import Column, Table

IN_DOUBT = "in doubt"
MAX_VALUES = 3
MAX_LENGTH = 24
MIN_SKEW = 2.0
MAX_WHOLE = 1e15  # up to here all digits of a whole number are shown


@dataclass(frozen=True)
class Summary:
    """Summary of a column.

    Attributes:
        name: of the column.
        role: of the column; `IN_DOUBT` where reading it is refused.
        reason: of the role, as a clause that follows "as".
        missing: share of missing values, 0 to 1.
        distinct: number of distinct values.
        values: the range of numbers, or the most frequent values with their shares.
        skew: the third moment of the standardised values; None if they are not numbers.
        features: number of features with the default preparation; 0 if the column is left out.
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
        """Return the fields as a JSON object."""
        return asdict(self)


def summary_of(table: Table, column: Column, role: ColumnRole) -> Summary:
    """Summarise a column of a table.

    Raises:
        InputError: the role was set by the user and does not fit the values.
    """
    known = column.take(~column.missing)
    fitted = fit_column(
        column, role.role, table, SmoothClipping, OneHot, date_forms=role.date_forms
    )
    is_number = role.role == "number" and known.kind == "number"
    skew = skew_of(known.values) if is_number else None
    return Summary(
        column.name,
        role.role,
        role.reason,
        float(column.missing.mean()) if len(column) else 0.0,
        len(set(known.values.tolist())),
        _values(known, role, fitted, skew or 0.0),
        skew,
        0 if fitted is None else len(fitted.feature_names),
    )


def in_doubt(summary: Summary) -> Summary:
    """Return the summary of a column of which it is in doubt what its texts mean."""
    return replace(summary, role=IN_DOUBT, reason="its texts may be numbers or dates", features=0)


def values_of(column: Column) -> str:
    """Return the range of numbers, or the most frequent texts with their shares, as a text."""
    if len(column) == 0:
        return ""
    if column.kind == "number":
        # Halved, as the difference of the largest numbers overflows.
        low, middle, high = map(_figure, (2 * np.quantile(column.values / 2, [0, 0.5, 1])).tolist())
        return f"{low} to {high}, median {middle}"
    counts = Counter(column.values.tolist())
    shares = [
        f"{_short(text)} {count / len(column):.0%}"
        for text, count in counts.most_common(MAX_VALUES)
    ]
    return ", ".join([*shares, *(["..."] if len(counts) > MAX_VALUES else [])])


def _values(known: Column, role: ColumnRole, fitted: FittedColumn | None, skew: float) -> str:
    if len(known) == 0:
        return ""
    if isinstance(fitted, Dates):
        return _span(fitted, known)
    if fitted is None and role.role != "constant":
        return f"such as {_short(known.categories()[0])}"
    return values_of(known) + (f", skew {skew:.1f}" if abs(skew) >= MIN_SKEW else "")


def _span(fitted: Dates, known: Column) -> str:
    """Return the first and the last date as a text."""
    days = np.floor(read_dates(known, fitted.forms).days)
    ends = np.clip([np.nanmin(days), np.nanmax(days)], -MAX_DAYS, MAX_DAYS)
    return " to ".join(ends.astype("datetime64[D]").astype(str).tolist())


def _figure(number: float) -> str:
    """Format a number in a few digits; whole ones below 10,000, such as years, without commas."""
    if number.is_integer() and abs(number) < MAX_WHOLE:
        return f"{number:.0f}" if abs(number) < 10_000 else f"{number:,.0f}"
    return f"{number:.6g}"


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}..."
