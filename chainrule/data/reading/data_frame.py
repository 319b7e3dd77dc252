"""Data frames of pandas, Polars or Arrow, read through narwhals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.exceptions import DuplicateError

from chainrule.data.formatting import parse_number, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import assemble
from chainrule.data.reading.duckdb_sql import duplicates_note
from chainrule.data.reading.frame_values import (
    Kind,
    Series,
    as_text,
    is_number,
    is_truth_value,
    kind_of_series,
    numbers,
    numbers_of_objects,
    objects,
    texts,
    type_name,
)
from chainrule.data.reading.select_columns import (
    declared_kind,
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
            notes += _note_on(column.name, series[column.name], kinds[column.name])
    if options.target is not None:
        notes += duplicates_note(SOURCE, _count_duplicates(columns), len(narwhals_frame))
    return assemble(SOURCE, columns, options, notes).finite()


READ_AS: dict[Kind, str] = {
    "time": "is read as days since 1970",
    "duration": "has durations, which are read as numbers of days",
    "clock": "has times of day, which are read as the share of the day since midnight",
    "mixed": "has numbers and truth values: true is read as 1, false as 0",
}


def _note_on(name: str, series: Series, kind: Kind) -> list[str]:
    """Return a note on a column whose values are read as numbers and are none."""
    if kind == "mixed" and not any(map(is_truth_value, objects(series))):
        return []  # numbers with texts that mark missing ones
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
    """Convert a series of that kind to a column."""
    if kind in ("text", "boolean"):
        return _texts(name, texts(series), options, _levels(series, options))
    if kind == "mixed":
        return _mixed(name, objects(series), options)
    values = numbers(series, kind)
    is_missing = np.isin(values, _missing_numbers(kind, options))
    if kind == "number" and name in options.names:
        # From the values themselves, as float64 merges whole numbers beyond 2^53.
        known = zip(texts(series), is_missing, strict=True)
        return _texts(name, [None if missing else text for text, missing in known], options)
    values[is_missing] = np.nan
    column = Column(name, values, declared=declared_kind(options, name, is_date=kind == "time"))
    return _texts(name, list(column.categories()), options) if name in options.names else column


def _texts(
    name: str,
    values: Sequence[str | None],
    options: ReadOptions,
    levels: tuple[str, ...] | None = None,
) -> Column:
    """Return a column of texts, each without surrounding blanks; None is a missing value."""
    cleaned = np.empty(len(values), dtype=np.object_)
    cleaned[:] = [_cleaned(value, options.missing_texts) for value in values]
    return Column(name, cleaned, levels, declared_kind(options, name))


def _levels(series: Series, options: ReadOptions) -> tuple[str, ...] | None:
    """Return all categories in their order, written as the values are; None if they have none."""
    if not isinstance(series.dtype, nw.Enum):
        return None
    levels = (_cleaned(as_text(level), options.missing_texts) for level in series.dtype.categories)
    return tuple(dict.fromkeys(level for level in levels if level is not None))


def _mixed(name: str, values: Sequence[Any], options: ReadOptions) -> Column:
    """Return a column in which numbers, texts and truth values stand together."""
    cleaned = [_cleaned(value, options.missing_texts) for value in values]
    if not any(map(is_number, cleaned)):
        return _texts(name, list(map(as_text, cleaned)), options)
    _check_numbers(name, cleaned)
    parsed = numbers_of_objects(cleaned, "number")
    parsed[np.isin(parsed, _missing_numbers("number", options))] = np.nan
    if name in options.names:
        return _texts(name, list(map(as_text, cleaned)), options)
    return Column(name, parsed)


def _missing_numbers(kind: Kind, options: ReadOptions) -> list[float]:
    """Return the numbers of a kind that the options declare missing: of dates, their days."""
    if kind == "time":
        days: list[float] = numbers_of_objects(_dates(options.missing), kind).tolist()
        return days
    parsed = map(parse_number, options.missing)
    return [number for number in parsed if number is not None] if kind == "number" else []


def _dates(written: Sequence[str]) -> list[datetime]:
    """Return those of the texts that are ISO dates."""
    dates = []
    for text in written:
        try:
            dates.append(datetime.fromisoformat(text.strip()))
        except ValueError:
            continue
    return dates


def _cleaned(value: Any, missing: Sequence[str]) -> Any:
    """Return a text without surrounding blanks, None if it marks a missing value."""
    if not isinstance(value, str):
        return value
    text = str(value).strip()  # of np.str_, too
    return None if text in missing else text


def _check_numbers(name: str, values: Sequence[Any]) -> None:
    """Check that a column with numbers has no texts."""
    for row, value in enumerate(values, start=1):
        if isinstance(value, str):
            raise InputError(
                f"{SOURCE}, row {row}, column '{name}': got {value!r}, expected a number as in "
                "other rows. Read it as missing with missing, or make all values of one type "
                "before. (Rows are counted from 1.)"
            )


def _count_duplicates(columns: list[Column]) -> int:
    """Return the number of rows that are equal to an earlier one in every column."""
    # Viewed as integers, all NaN are equal.
    values = [c.values.view(np.int64) if c.kind == "number" else c.values for c in columns]
    rows = len(columns[0])
    return rows - len({hash(row) for row in zip(*(v.tolist() for v in values), strict=True)})
