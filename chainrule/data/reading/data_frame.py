"""Data frames of pandas, Polars or Arrow, read through narwhals."""

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.exceptions import DuplicateError
from numpy.typing import NDArray

from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import assemble
from chainrule.data.reading.duckdb_sql import duplicates_note
from chainrule.data.reading.select_columns import (
    declared_kind,
    note_on_ignored,
    select_usable_columns,
)
from chainrule.data.table import Column, Table, no_rows
from chainrule.errors import InputError

SOURCE = "data frame"
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Frame = nw.DataFrame[Any]
Series = nw.Series[Any]


def read_frame(frame: Any, options: ReadOptions) -> Table:
    """Read a data frame as a table. The index of a pandas frame is ignored.

    Types are converted as for Parquet: text, booleans and categoricals become categories, with
    their levels if these are ordered; dates and times become days since 1970; columns of other
    types are left out, with a note.
    Args:
        frame: of pandas, Polars or Arrow, in memory.
        options: which columns are read, and how.
    Raises:
        InputError: it is no data frame, a column is missing, or a column mixes types.
    """
    narwhals_frame = _from_native(frame)
    known = narwhals_frame.columns
    kinds = {name: _kind(narwhals_frame[name]) for name in known}
    others = {
        name: str(narwhals_frame[name].dtype) for name, kind in kinds.items() if kind == "other"
    }
    names, notes = select_usable_columns(options, SOURCE, known, others)
    notes += note_on_ignored(options, SOURCE, known)
    if len(narwhals_frame) == 0:
        raise no_rows(SOURCE)
    columns = [_column(narwhals_frame[name], kinds[name], options) for name in names]
    notes += [
        f"{SOURCE}: column '{column.name}' is read as days since 1970"
        for column in columns
        if kinds[column.name] == "time" and column.kind == "number"
    ]
    if options.target is not None:
        notes += duplicates_note(SOURCE, _count_duplicates(columns), len(narwhals_frame))
    return assemble(SOURCE, columns, options, notes).finite()


def _from_native(frame: Any) -> Frame:
    """Wrap the frame by narwhals, and check the names of its columns."""
    try:
        wrapped: Frame = nw.from_native(frame, eager_only=True)
        names = wrapped.columns
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
    if invalid := [name for name in names if not isinstance(name, str)]:
        raise InputError(
            f"{SOURCE}: got a column whose name is {invalid[0]!r}, expected names that are text. "
            "Rename it, in pandas with frame.columns = frame.columns.astype(str)."
        )
    return wrapped


def _kind(series: Series) -> str:
    """Return the kind of the values: "number", "text", "boolean", "time", "mixed" or "other"."""
    dtype = series.dtype
    if series.null_count() == len(series) or dtype.is_numeric():
        return "number"
    if isinstance(dtype, nw.Object):  # of pandas, with values of any type
        types = {type(value) for value in _values(series)} - {type(None)}
        return next((kind for kind, known in OBJECTS if types <= known), "other")
    return next((kind for kind, known in TYPES if isinstance(dtype, known)), "other")


TYPES = (
    ("text", (nw.String, nw.Categorical, nw.Enum)),
    ("boolean", (nw.Boolean,)),
    ("time", (nw.Date, nw.Datetime)),
)
OBJECTS: tuple[tuple[str, set[type]], ...] = (
    ("number", {int, float, Decimal}),
    ("text", {str}),
    ("boolean", {bool}),
    ("time", {date, datetime}),
    ("mixed", {int, float, Decimal, str, bool}),
)


def _column(series: Series, kind: str, options: ReadOptions) -> Column:
    """Convert a series of that kind to a column."""
    if series.dtype.is_float() or series.dtype.is_integer():
        return _named(Column(series.name, _numbers(series)), options)
    values = _values(series)
    if kind in ("text", "mixed"):
        values = [_cleaned(value, options.missing_texts) for value in values]
    if kind == "mixed":
        _check_numbers(series.name, values)
    if kind == "boolean":
        values = [None if value is None else str(value).lower() for value in values]
    if kind in ("text", "boolean"):
        levels = tuple(series.dtype.categories) if isinstance(series.dtype, nw.Enum) else None
        texts = np.array([*values, None], dtype=object)[:-1]
        return Column(series.name, texts, levels, declared_kind(options, series.name))
    convert = _days if kind == "time" else _float
    numbers = np.array([math.nan if value is None else convert(value) for value in values])
    declared = declared_kind(options, series.name, is_date=kind == "time")
    return _named(Column(series.name, numbers, declared=declared), options)


def _named(column: Column, options: ReadOptions) -> Column:
    """Return a numeric column, as texts if the options declare it categorical."""
    if column.name not in options.names:
        return column
    return Column(column.name, column.categories(), declared="category")


def _numbers(series: Series) -> NDArray[np.float64]:
    """Return the values as numbers, NaN where one is missing."""
    try:
        values = series.cast(nw.Float64).to_numpy()
    except Exception:  # Arrow refuses whole numbers that are no floats, by errors of its libraries
        values = np.array([math.nan if v is None else float(v) for v in _values(series)])
    return np.array(values, dtype=np.float64)


def _values(series: Series) -> list[Any]:
    """Return the values as Python objects, None where one is missing."""
    if isinstance(series.dtype, nw.Categorical | nw.Enum):
        series = series.cast(nw.String)
    missing = series.is_null().to_list()
    values = zip(series.to_list(), missing, strict=True)
    return [None if is_missing else value for value, is_missing in values]


def _cleaned(value: Any, missing: list[str]) -> Any:
    """Return a text without surrounding blanks, None if it marks a missing value."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if text in missing else text


def _check_numbers(name: str, values: list[Any]) -> None:
    """Check that a column with numbers has no other values."""
    for row, value in enumerate(values, start=1):
        if value is not None and not isinstance(value, int | float | Decimal):
            raise InputError(
                f"{SOURCE}, row {row}, column '{name}': got {value!r}, expected a number as in "
                "other rows. Read it as missing with missing, or make all values of one type "
                "before. (Rows are counted from 1.)"
            )


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an int with hundreds of digits
        return math.inf


def _days(value: date | datetime) -> float:
    """Return the days since 1970 in UTC, which is assumed for times without a zone."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return ((value if value.tzinfo else value.replace(tzinfo=UTC)) - EPOCH) / DAY


def _count_duplicates(columns: list[Column]) -> int:
    """Return the number of rows that are equal to an earlier one in every column."""
    # Viewed as integers, all NaN are equal.
    values = [c.values.view(np.int64) if c.kind == "number" else c.values for c in columns]
    rows = len(columns[0])
    return rows - len({hash(row) for row in zip(*(v.tolist() for v in values), strict=True)})
