"""Data frames of pandas, Polars or Arrow, read through narwhals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.exceptions import DuplicateError

from chainrule.data.amounts import Decimal
from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import are_long
from chainrule.data.reading.duckdb_sql import duplicates_note
from chainrule.data.reading.frame_values import (
    Kind,
    Series,
    as_text,
    kind_of_series,
    numbers,
    numbers_of_objects,
    objects,
    texts,
    type_name,
)
from chainrule.data.reading.interpret import interpret
from chainrule.data.reading.select_columns import (
    declared_kind,
    match_names,
    notes_on_ignored,
    select_usable_columns,
)
from chainrule.data.table import Column, Table, no_rows
from chainrule.errors import InputError

SOURCE = "data frame"

Frame = nw.DataFrame[Any]


def read_frame(frame: Any, options: ReadOptions) -> Table:
    """Read a data frame as a table. The index of a pandas frame is ignored.

    A column is what its values are, also where its type is object. Text, truth values, categories
    and intervals become categories, with their levels if these are ordered; dates, times and
    periods become days since 1970, durations a number of days, and times of day the share of the
    day since midnight. Columns of other types are left out, with a note.
    Args:
        frame: of pandas, Polars or Arrow, in memory.
        options: which columns are read, and how. Numbers equal to one of `missing` count as
            missing, whatever their spelling, and so do dates.
    Raises:
        InputError: it is no data frame, a column is missing, or a column mixes types.
    """
    narwhals_frame = wrap_frame(frame)
    _check_names(narwhals_frame.columns)
    known = [str(name) for name in narwhals_frame.columns]  # names may be np.str_
    options = match_names(options, known)
    wanted = known if options.columns is None else (*options.columns, options.target)
    series = {name: narwhals_frame[name] for name in known if name in wanted}
    kinds = {name: kind_of_series(values) for name, values in series.items()}
    others = {name: type_name(series[name]) for name, kind in kinds.items() if kind == "other"}
    names, notes = select_usable_columns(options, SOURCE, known, others)
    notes += notes_on_ignored(options, SOURCE, known)
    if len(narwhals_frame) == 0:
        raise no_rows(SOURCE)
    columns = [_column(name, series[name], kinds[name], options) for name in names]
    for column in columns:
        if column.kind == "number":
            notes += _note_on(column.name, kinds[column.name])
    if options.reads_whole_samples:
        notes += duplicates_note(SOURCE, _count_duplicates(columns), len(narwhals_frame))
    fixed = [name for name in names if _has_categories(series[name], kinds[name])]
    return interpret(SOURCE, columns, options, fixed=fixed, notes=notes)


def _has_categories(series: Series, kind: Kind) -> bool:
    """Return whether the type of a column is one of categories or truth values."""
    return kind == "boolean" or isinstance(series.dtype, nw.Categorical | nw.Enum)


READ_AS: dict[Kind, str] = {
    "time": "is read as days since 1970",
    "duration": "has durations, which are read as numbers of days",
    "clock": "has times of day, which are read as the share of the day since midnight",
    "mixed": "has numbers and truth values: true is read as 1, false as 0",
}


def _note_on(name: str, kind: Kind) -> list[str]:
    """Return a note on a column whose values are read as numbers and are none."""
    return [f"{SOURCE}: column '{name}' {READ_AS[kind]}"] if kind in READ_AS else []


def wrap_frame(frame: Any) -> Frame:
    """Wrap a frame by narwhals.

    Raises:
        InputError: it is no data frame in memory, or a name stands above several columns.
    """
    try:
        wrapped: Frame = nw.from_native(frame, eager_only=True)
        Counter(wrapped.columns)  # narwhals checks the names when they are asked for
        return wrapped
    except TypeError as error:
        remedy = "Call its collect()" if hasattr(frame, "collect") else "Make one of it"
        raise InputError(
            f"got data of type {type(frame).__name__}, expected the path of a file, or a data "
            f"frame of pandas, Polars or Arrow that is held in memory. {remedy} first."
        ) from error
    except DuplicateError as error:
        columns = getattr(frame, "column_names", None) or list(frame.columns)
        repeated = [str(name) for name, count in Counter(columns).items() if count > 1]
        raise InputError(
            f"{SOURCE}: got more than one column named {quoted_list(repeated)}, expected each name "
            "once. Rename or delete the others."
        ) from error


def _check_names(names: Sequence[Any]) -> None:
    """Check that the names of the columns are text."""
    if invalid := [name for name in names if not isinstance(name, str)]:
        raise InputError(
            f"{SOURCE}: got a column whose name is {invalid[0]!r}, expected names that are text. "
            "Rename it, in pandas with frame.columns = frame.columns.astype(str)."
        )


def _column(name: str, series: Series, kind: Kind, options: ReadOptions) -> Column:
    """Convert a series of that kind to a column of numbers, or of texts as they are written."""
    if kind in ("text", "boolean"):
        return _texts(name, series, _levels(series))
    if kind == "mixed" and any(isinstance(value, str) for value in objects(series)):
        return _texts(name, series, decimal=options.decimal_of(name))
    values = numbers(series, kind)
    if kind == "number" and (
        name in {*options.names, *options.learned_as_text} or are_long(values)
    ):
        # From the values themselves, as float64 merges whole numbers beyond 2^53.
        return _texts(name, series)
    values[np.isin(values, _missing_numbers(kind, options))] = np.nan
    return Column(name, values, declared=declared_kind(options, name, is_date=kind == "time"))


def _texts(
    name: str,
    series: Series,
    levels: tuple[str, ...] | None = None,
    decimal: Decimal = ".",
) -> Column:
    """Return a column of the values as texts; None is a missing value.

    Args:
        name: of the column.
        series: its values.
        levels: all possible categories in their order, or None.
        decimal: the decimal sign of the texts, in which numbers among them are written, too.
    """
    values = texts(series)
    if decimal == ",":
        pairs = zip(objects(series), values, strict=True)
        values = [v if isinstance(o, str) or v is None else v.replace(".", ",") for o, v in pairs]
    written = np.empty(len(values), dtype=np.object_)
    written[:] = values
    return Column(name, written, levels)


def _levels(series: Series) -> tuple[str, ...] | None:
    """Return all categories in their order, written as the values are; None if they have none."""
    if not isinstance(series.dtype, nw.Enum):
        return None
    levels = map(as_text, series.dtype.categories)
    return tuple(level for level in levels if level is not None)


def _missing_numbers(kind: Kind, options: ReadOptions) -> list[float]:
    """Return the days of the dates that the options declare missing."""
    if kind == "time":
        days: list[float] = numbers_of_objects(_dates(options.missing), kind).tolist()
        return days
    return []


def _dates(written: Sequence[str]) -> list[datetime]:
    """Return those of the texts that are ISO dates."""
    dates = []
    for text in written:
        try:
            dates.append(datetime.fromisoformat(text.strip()))
        except ValueError:
            continue
    return dates


def _count_duplicates(columns: list[Column]) -> int:
    """Return the number of rows that are equal to an earlier one in every column."""
    # Viewed as integers, all NaN are equal.
    values = [c.values.view(np.int64) if c.kind == "number" else c.values for c in columns]
    rows = len(columns[0])
    return rows - len({hash(row) for row in zip(*(v.tolist() for v in values), strict=True)})
