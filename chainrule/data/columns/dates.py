"""Dates and times, as text or numbers, read as days since 1970.

How the dates of a column are written is inferred from all of its values (`infer_dates`), and new
rows are read in the same forms (`read_dates`). DuckDB parses them, by the table of `date_forms`.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.date_forms import (
    CERTAIN,
    FAMILIES,
    FORMS,
    ISO,
    UNUSUAL,
    described,
    forms_of,
    written,
)
from chainrule.data.columns.date_numbers import UNITS, are_compact_dates, infer_number_form
from chainrule.data.formatting import parse_number
from chainrule.data.table import Column
from chainrule.errors import InputError

if TYPE_CHECKING:  # DuckDB is only imported where a text may be a date
    from duckdb import DuckDBPyConnection

Days = NDArray[np.float64]

MIN_DATE_SHARE = 0.9
MICROSECONDS_A_DAY = 86_400_000_000
MIN_SPAN_RATIO = 2
MAX_DAYS = 3_652_425  # ten thousand years: dates further away are clipped
FORMS_SHOWN = 3
MIN_UNSHOWN = 10  # different dates; that no day of theirs is above 12 is unlikely, 1 in 10,000
OF_TYPE = "read as days since 1970"
_DATE_DIRECTIVES = re.compile("%-?[aAbBcdDFgGhjmUuVwWxyY]")


@dataclass(frozen=True, eq=False)
class DateReading:
    """The dates of a column, and how they were read.

    Attributes:
        days: since 1970 of each row, in UTC where a time zone is given; a time of day alone is a
            fraction of a day. NaN where the value is missing or no date.
        forms: formats of strptime or units of numbers in which they are written; none if their
            type is a date.
        description: of the forms, with examples, as a clause that follows "is": "read as
            day/month/year, for example ..."; empty for year-month-day alone.
        doubt: what the user should check, or an empty text.
        remedy: what to do if the doubt is justified.
    """

    days: Days
    forms: tuple[str, ...]
    description: str
    doubt: str = ""
    remedy: str = ""


def date_share(texts: Collection[str]) -> float:
    """Return the share of distinct texts that are dates or times, in any form of the table.

    >>> date_share(["11.05.24", "31.12.23"]), date_share(["2024.05"]), date_share(["10.0.0.1"])
    (1.0, 1.0, 0.0)
    """
    readable = np.zeros(len(texts), np.bool_)
    for days in _parsed(list(texts)).values():
        readable |= ~np.isnan(days)
    return float(readable.mean()) if len(texts) else 0.0


def infer_dates(
    column: Column, form: str | None = None, min_share: float = MIN_DATE_SHARE
) -> DateReading | None:
    """Read the dates of a column in the forms that its values show; None if they are no dates.

    All values decide on the order of day, month and year: it is the one that reads most of them. If
    several orders read all, the usual one is taken, and there is a doubt. Of years in two digits
    the position is taken that gives dates within half the time of any other.
    Args:
        column: with at least one value.
        form: named by the user: a format of strptime, or a unit of numbers.
        min_share: the share of distinct values that must be dates if no form is named; at least one
            must be.
    Raises:
        InputError: the form of the user reads no value; or 0 is given as share, and the values are
            numbers that may have several meanings, or none.
    """
    if column.declared == "date":
        return DateReading(column.values, (), OF_TYPE)
    texts = _distinct(column)
    if form is None and column.kind == "number":
        known = column.values[~column.missing]
        if min_share > 0:
            form = "%Y%m%d" if are_compact_dates(known) else None
        else:
            form = infer_number_form(column.name, known)
        if form is None:
            return None
    read = _read(column.name, texts, () if form is None else (form,))
    if not read.forms and form is None and min_share == 0 and (numbers := _numbers(texts)).size:
        form = infer_number_form(column.name, numbers)
        read = _read(column.name, texts, (form,))
    if form is not None and form not in read.forms:
        raise _no_value_fits(column.name, texts[0], form)
    least = 1 if form is not None else max(1, min_share * len(texts))
    if np.count_nonzero(~np.isnan(read.days)) < least:
        return None
    return replace(read, unshown=[]).as_reading(column)


def read_dates(column: Column, forms: Sequence[str]) -> DateReading:
    """Read the dates of new rows in the forms of the training rows.

    Other forms are read where they have one meaning only.
    Args:
        column: of the new rows.
        forms: of a `DateReading`.
    Raises:
        InputError: dates contradict the forms, or have several meanings and the training rows do
            not show which; or no value is a date.
    """
    if column.declared == "date":
        return DateReading(column.values, (), OF_TYPE)
    if column.missing.all():
        return DateReading(np.full(len(column), np.nan), (), "")
    texts = _distinct(column)
    read = _read(column.name, texts, forms)
    if read.doubts:
        raise _ambiguous(column.name, read.doubts[0], texts, forms)
    if not read.forms:
        raise InputError(
            f"column '{column.name}': got '{texts[0]}' and no date, expected dates written as "
            f"{in_words(forms)}, as in training. Correct the values, or say how they are written, "
            f"such as {_option(column.name, '%d/%m/%Y')}."
        )
    return read.as_reading(column)


@dataclass(frozen=True, eq=False)
class _Read:
    """Distinct texts as dates.

    Attributes:
        texts: as written.
        days: of each text.
        forms: those that read a text, the most frequent first.
        by_form: the texts that each of them reads, as a mask.
        doubts: of each family of forms with several meanings, the days by form, the chosen first.
        unshown: the same of families whose order is known, and shown by none of many new dates.
    """

    texts: list[str]
    days: Days
    forms: tuple[str, ...]
    by_form: Mapping[str, NDArray[np.bool_]]
    doubts: list[dict[str, Days]]
    unshown: list[dict[str, Days]]

    def as_reading(self, column: Column) -> DateReading:
        days_of = dict(zip(self.texts, self.days.tolist(), strict=True))
        days = [days_of.get(text, np.nan) for text in column.categories().tolist()]
        description = "" if self.forms == (ISO,) else f"read as {self._description()}"
        doubt, remedy = self._doubt(column.name, description)
        return DateReading(np.array(days, np.float64), self.forms, description, doubt, remedy)

    def _description(self) -> str:
        parts = [in_words([form]) + self._example(form) for form in self.forms[:FORMS_SHOWN]]
        if len(self.forms) > FORMS_SHOWN:
            parts.append(f"in {len(self.forms) - FORMS_SHOWN} more forms")
        years = any("%y" in form for form in self.forms)
        return ", and as ".join(parts) + (
            "; years of two digits are those from 1969 to 2068" if years else ""
        )

    def _example(self, form: str) -> str:
        """Return a text with its meaning, where these differ; if possible its day is no month."""
        rows = np.flatnonzero(self.by_form[form])
        days = np.floor(np.clip(self.days[rows], -MAX_DAYS, MAX_DAYS)).astype("datetime64[D]")
        is_month = (days - days.astype("datetime64[M]")).astype(int) < 12
        row = min(zip(is_month.tolist(), self.days[rows].tolist(), rows.tolist(), strict=True))[2]
        text, meaning = self.texts[row], _shown(float(self.days[row]), form)
        return "" if text == meaning else f", for example {text} is {meaning}"

    def _doubt(self, name: str, description: str) -> tuple[str, str]:
        orders = next(iter((*self.doubts, *self.unshown)), None)
        if orders is None:
            return "", ""
        _, *others = orders
        subject = "no value" if self.doubts else f"none of its {len(self.texts)} different dates"
        position = (
            "which of the numbers is the year"
            if any(form.startswith("%y") for form in orders)
            else "whether the day or the month comes first"
        )
        remedies = " or ".join(_option(name, form) for form in others)
        return (
            f"{subject} shows {position}, so they are {description}",
            f"If that is wrong, use {remedies}, or write the dates as year-month-day",
        )


def _read(name: str, texts: list[str], known: Sequence[str]) -> _Read:
    """Read distinct texts, by the known forms first.

    Raises:
        InputError: dates contradict a known form.
    """
    layers: dict[str, Days]
    doubts, unshown = [], []
    if own := [form for form in known if form not in FORMS]:
        # Nothing else is read, as it might be the same texts with another meaning.
        layers = {form: _in_form(texts, form) for form in own}
    else:
        parsed = _parsed(texts)
        layers = {form: parsed[form] for form in CERTAIN if form in parsed}
        for family in FAMILIES:
            orders = {form: parsed[form] for form in family if form in parsed}
            learned = [form for form in known if form in orders]
            if learned:
                _check_order(name, texts, learned[0], orders)
            best = _best(orders, learned)
            layers |= dict(list(best.items())[:1])
            if len(best) > 1 and not learned:
                doubts.append(best)
            elif len(best) > 1 and len(texts) >= MIN_UNSHOWN:
                unshown.append(best)
    days = np.full(len(texts), np.nan)
    by_form = {}
    for form, values in layers.items():
        added = np.isnan(days) & ~np.isnan(values)
        if added.any():
            days[added], by_form[form] = values[added], added
    forms = sorted(by_form, key=lambda form: -np.count_nonzero(by_form[form]))
    return _Read(texts, days, tuple(forms), by_form, doubts, unshown)


def _best(orders: dict[str, Days], learned: Sequence[str]) -> dict[str, Days]:
    """Return the orders that read most texts, the preferred first; one of those that agree.

    Args:
        orders: the days of the texts by form, each in another order.
        learned: the known form among them, which is first even if others read more texts.
    """
    counts = {form: np.count_nonzero(~np.isnan(days)) for form, days in orders.items()}
    most = max(counts.values(), default=0)
    if not most:
        return {}
    tied = [form for form, count in counts.items() if count == most]
    tied = [form for form in tied if form not in UNUSUAL] or tied
    first = (*learned, *tied)[0]
    for form in () if learned else tied:
        if form.startswith("%y") and MIN_SPAN_RATIO * _span(orders[form]) < _span(orders[first]):
            first = form
    if first not in tied:
        return {first: orders[first]}
    different = [f for f in tied if not np.array_equal(orders[f], orders[first], equal_nan=True)]
    return {form: orders[form] for form in (first, *different)}


def _span(days: Days) -> float:
    return float(np.nanmax(days) - np.nanmin(days))


def _check_order(name: str, texts: list[str], learned: str, orders: Mapping[str, Days]) -> None:
    """Check that no other order of day, month and year reads all dates that the learned does not.

    Raises:
        InputError: another one does.
    """
    some = ~np.all([np.isnan(days) for days in orders.values()], axis=0)
    unread = some & np.isnan(orders[learned])
    others = [form for form, days in orders.items() if not np.isnan(days[some]).any()]
    if unread.any() and others:
        text = texts[int(np.argmax(unread))]
        raise InputError(
            f"column '{name}': got '{text}', expected dates in the order {described(learned)}, as "
            f"it was learned or set. Write the dates so, or use {_option(name, others[0])} if all "
            "are written in that order."
        )


def _no_value_fits(name: str, text: str, form: str) -> InputError:
    if form in UNITS:
        expected = f"numbers, {UNITS[form].name}"
    else:
        expected = f"dates such as '{date(2024, 12, 31).strftime(form)}'"
    return InputError(
        f"column '{name}': got '{text}' and no value that fits {_option(name, form)}, "
        f"expected {expected}. Correct the form, or leave it out."
    )


def _ambiguous(
    name: str, orders: Mapping[str, Days], texts: list[str], forms: Sequence[str]
) -> InputError:
    different = np.zeros(len(texts), np.bool_)
    first, *rest = orders.values()
    for days in rest:
        different |= (days != first) & ~(np.isnan(days) | np.isnan(first))
    row = int(np.argmax(different))
    meanings = " or ".join(dict.fromkeys(_shown(float(days[row]), ISO) for days in orders.values()))
    choices = " or ".join(_option(name, form) for form in orders)
    return InputError(
        f"column '{name}': got '{texts[row]}', which is {meanings}, expected dates written as "
        f"{in_words(forms)}, as in training. Say which it is with {choices}, or write the dates as "
        "year-month-day."
    )


def _option(name: str, form: str) -> str:
    return f"--date-form {shlex.quote(f'{name}={form}')}"


def in_words(forms: Sequence[str]) -> str:
    """Return what forms of a `DateReading` mean, such as "day/month/year"."""
    words = [UNITS[form].name if form in UNITS else described(form) for form in forms]
    return " or ".join(dict.fromkeys(words)) or described(ISO)


def _shown(days: float, form: str) -> str:
    """Return a date, with its time if there is one; a time of day alone as a share of the day."""
    if form == "":
        return f"{days:.4g} of a day"
    seconds = np.datetime64(round(float(np.clip(days, -MAX_DAYS, MAX_DAYS)) * 86_400), "s")
    return str(seconds).replace("T", " ").removesuffix(" 00:00:00")


def _distinct(column: Column) -> list[str]:
    """Return the distinct texts of a column, in the order in which they appear."""
    return [text for text in dict.fromkeys(column.categories().tolist()) if text is not None]


def _numbers(texts: Sequence[str]) -> Days:
    """Return the numbers among texts, if nearly all of them are numbers; else none."""
    numbers = [number for text in texts if (number := parse_number(text)) is not None]
    return np.array(numbers if len(numbers) >= MIN_DATE_SHARE * len(texts) else [], np.float64)


def _in_form(texts: Sequence[str], form: str) -> Days:
    """Return the days of texts in one form, a unit or a format of strptime; NaN for others."""
    if form not in UNITS:
        return _strptime(texts, form)
    numbers = [parse_number(text) for text in texts]
    return UNITS[form].days(np.array(numbers, np.float64))  # None becomes NaN


def _parsed(texts: Sequence[str]) -> dict[str, Days]:
    """Return the days of texts by each form of the table that may fit; NaN where it does not."""
    rows: dict[tuple[str, str], list[int]] = {}
    moments = {}
    for row, text in enumerate(texts):
        if (parts := written(text)) is not None:
            moments[row] = f"{parts.date} {parts.clock}".strip()
            for form in forms_of(parts.date):
                rows.setdefault((form, parts.clock_form), []).append(row)
    parsed: dict[str, Days] = {}
    for (form, clock_form), of_form in rows.items():
        days = parsed.setdefault(form, np.full(len(texts), np.nan))
        days[of_form] = _strptime([moments[row] for row in of_form], f"{form} {clock_form}".strip())
    return parsed


def _strptime(texts: Sequence[str], form: str) -> Days:
    """Return the days since 1970 of texts by a format of strptime; NaN where it does not fit.

    Raises:
        InputError: the format has an unknown directive.
    """
    import duckdb

    if _DATE_DIRECTIVES.search(form) is None:
        texts, form = [f"1970-01-01 {text}" for text in texts], f"%Y-%m-%d {form}"
    query = "SELECT epoch_us(try_strptime(text, $form)) FROM (SELECT unnest($texts) AS text)"
    try:
        found = _database(os.getpid()).cursor().execute(query, {"texts": [*texts], "form": form})
    except duckdb.InvalidInputException:
        raise InputError(
            f"date form '{form}': got a form that is none of strptime, expected one such as "
            f"%d/%m/%Y, or one of {', '.join(UNITS)}. Correct --date-form."
        ) from None
    microseconds = np.array([value for (value,) in found.fetchall()], np.float64)
    return microseconds / MICROSECONDS_A_DAY  # None has become NaN


@cache
def _database(process: int) -> DuckDBPyConnection:
    """Return a database in memory; each process has its own, as none survives a fork."""
    import duckdb

    return duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
