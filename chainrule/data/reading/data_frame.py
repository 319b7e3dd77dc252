"""Data frames of pandas, Polars or Arrow, all seen through narwhals."""

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
from chainrule.data.reading.duckdb_sql import copies_note
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
    """The table in a data frame. The index of pandas is no column.

    Each type becomes what it becomes from Parquet: numbers are numbers; text, truth values and
    categories are categories, which keep their levels where these have an order; dates and times
    are the days since 1970; columns of other types are left out, with a note.
    Args:
        frame: of pandas, Polars or Arrow, held in memory.
        options: which columns are wanted, and how they are read.
    Raises:
        InputError: it is no such frame, or lacks what is wanted, or mixes types in a column.
    """
    given = _seen(frame)
    kinds = {name: _kind(given[name]) for name in given.columns}
    others = {name: str(given[name].dtype) for name, kind in kinds.items() if kind == "other"}
    names, notes = select_usable_columns(options, SOURCE, given.columns, others)
    notes += note_on_ignored(options, SOURCE, given.columns)
    if len(given) == 0:
        raise no_rows(SOURCE)
    columns = [_column(given[name], kinds[name], options) for name in names]
    notes += [
        f"{SOURCE}: column '{column.name}' is read as days since 1970"
        for column in columns
        if kinds[column.name] == "time" and column.kind == "number"
    ]
    if options.target is not None:
        notes += copies_note(SOURCE, _copies(columns), len(given))
    return assemble(SOURCE, columns, options, notes).finite()


def _seen(frame: Any) -> Frame:
    """The frame through narwhals, whose columns have names of their own."""
    try:
        given: Frame = nw.from_native(frame, eager_only=True)
        names = given.columns
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
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise InputError(
            f"{SOURCE}: got a column whose name is {wrong[0]!r}, expected names that are text. "
            "Rename it, in pandas with frame.columns = frame.columns.astype(str)."
        )
    return given


def _kind(series: Series) -> str:
    """What its values become: "number", "text", "truth", "time", "mixed", or "other": nothing."""
    dtype = series.dtype
    if series.null_count() == len(series) or dtype.is_numeric():
        return "number"
    if isinstance(dtype, nw.Object):  # of pandas: values of any type
        types = {type(value) for value in _values(series)} - {type(None)}
        return next((kind for kind, known in OBJECTS if types <= known), "other")
    return next((kind for kind, known in TYPES if isinstance(dtype, known)), "other")


TYPES = (
    ("text", (nw.String, nw.Categorical, nw.Enum)),
    ("truth", (nw.Boolean,)),
    ("time", (nw.Date, nw.Datetime)),
)
OBJECTS: tuple[tuple[str, set[type]], ...] = (
    ("number", {int, float, Decimal}),
    ("text", {str}),
    ("truth", {bool}),
    ("time", {date, datetime}),
    ("mixed", {int, float, Decimal, str, bool}),
)


def _column(series: Series, kind: str, options: ReadOptions) -> Column:
    """The column of a series whose values become what `_kind` says."""
    if series.dtype.is_float() or series.dtype.is_integer():
        return _named(Column(series.name, _numbers(series)), options)
    values = _values(series)
    if kind in ("text", "mixed"):
        values = [_cleaned(value, options.missing_texts) for value in values]
    if kind == "mixed":
        _check_numbers(series.name, values)
    if kind == "truth":
        values = [None if value is None else str(value).lower() for value in values]
    if kind in ("text", "truth"):
        levels = tuple(series.dtype.categories) if isinstance(series.dtype, nw.Enum) else None
        texts = np.array([*values, None], dtype=object)[:-1]
        return Column(series.name, texts, levels, declared_kind(options, series.name))
    convert = _days if kind == "time" else _float
    numbers = np.array([math.nan if value is None else convert(value) for value in values])
    declared = declared_kind(options, series.name, is_date=kind == "time")
    return _named(Column(series.name, numbers, declared=declared), options)


def _named(column: Column, options: ReadOptions) -> Column:
    """A column of numbers, or of their names if it was said to be of categories."""
    if column.name not in options.names:
        return column
    return Column(column.name, column.categories(), declared="category")


def _numbers(series: Series) -> NDArray[np.float64]:
    """Numbers at once, NaN where one is missing."""
    try:
        values = series.cast(nw.Float64).to_numpy()
    except (
        Exception
    ):  # Arrow refuses whole numbers that floats don't have; each library its own way
        values = np.array([math.nan if v is None else float(v) for v in _values(series)])
    return np.array(values, dtype=np.float64)


def _values(series: Series) -> list[Any]:
    """The values as Python has them, None where one is missing."""
    if isinstance(series.dtype, nw.Categorical | nw.Enum):
        series = series.cast(nw.String)
    missing = series.is_null().to_list()
    return [None if no else value for value, no in zip(series.to_list(), missing, strict=True)]


def _cleaned(value: Any, missing: list[str]) -> Any:
    """A text without blanks around it, None where it is a spelling of a missing value."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if text in missing else text


def _check_numbers(name: str, values: list[Any]) -> None:
    """Refuse a column of numbers in which something else stands, too."""
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
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _days(value: date | datetime) -> float:
    """Days since 1970 in UTC, which a time without a zone is taken to be in."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return ((value if value.tzinfo else value.replace(tzinfo=UTC)) - EPOCH) / DAY


def _copies(columns: list[Column]) -> int:
    """How many rows are equal to an earlier one in every column."""
    # As whole numbers all NaN are equal.
    values = [c.values.view(np.int64) if c.kind == "number" else c.values for c in columns]
    rows = len(columns[0])
    return rows - len({hash(row) for row in zip(*(v.tolist() for v in values), strict=True)})
