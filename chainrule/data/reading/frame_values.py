"""Values of a column of a data frame: their kind, and their conversion to numbers or texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import narwhals as nw
import numpy as np
from narwhals.dependencies import get_pandas
from numpy.typing import NDArray

from chainrule.data.formatting import format_number

# "clock" are times of day; "mixed" are numbers, texts and truth values in one column; "other" has
# no use. A column without any value has the kind "number".
Kind = Literal["number", "text", "boolean", "time", "duration", "clock", "mixed", "other"]

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS_A_DAY = 86_400_000_000
LARGEST_WHOLE = 1e22  # larger floats have more digits than they are exact to

Series = nw.Series[Any]

DTYPES: tuple[tuple[Kind, tuple[type, ...]], ...] = (
    ("text", (nw.String,)),
    ("boolean", (nw.Boolean,)),
    ("time", (nw.Date, nw.Datetime)),
    ("duration", (nw.Duration,)),
    ("clock", (nw.Time,)),
)
# In this order: bool is an int, and timedelta64 an integer of NumPy.
OBJECTS: tuple[tuple[Kind, tuple[type, ...]], ...] = (
    ("boolean", (bool, np.bool_)),
    ("duration", (timedelta, np.timedelta64)),
    ("number", (int, float, Decimal, Fraction, np.integer, np.floating)),
    ("text", (str, UUID)),
    ("time", (date, np.datetime64)),
    ("clock", (time,)),
)


def kind_of_series(series: Series) -> Kind:
    """Return the kind of the values of a column, by its type or by the values themselves."""
    if series.null_count() == len(series) or series.dtype.is_numeric():
        return "number"
    if isinstance(series.dtype, nw.Categorical | nw.Enum):
        kind = kind_of_objects(objects(series))
        return "text" if kind in ("number", "mixed") else kind  # numbers are names here
    if isinstance(series.dtype, nw.Object | nw.Unknown):
        return kind_of_objects(objects(series))
    kinds: list[Kind] = [kind for kind, types in DTYPES if isinstance(series.dtype, types)]
    return kinds[0] if kinds else "other"


def kind_of_objects(values: Iterable[Any]) -> Kind:
    """Return the kind of Python objects, of which None is a missing value."""
    types = {type(value) for value in values} - {type(None)}
    kinds = {_kind_of_type(kind) for kind in types}
    if len(kinds) > 1:
        return "mixed" if kinds <= {"number", "text", "boolean"} else "other"
    return kinds.pop() if kinds else "number"


def _kind_of_type(value_type: type) -> Kind:
    known = [kind for kind, types in OBJECTS if issubclass(value_type, types)]
    if known:
        return known[0]
    if (pandas := get_pandas()) is None:
        return "other"
    # A period begins at a time, and an interval such as (0, 5] is the name of a group.
    of_pandas: dict[type, Kind] = {pandas.Period: "time", pandas.Interval: "text"}
    return of_pandas.get(value_type, "other")


def is_number(value: object) -> bool:
    """Return whether an object is a number, and no truth value."""
    return _kind_of_type(type(value)) == "number"


def is_truth_value(value: object) -> bool:
    """Return whether an object is a truth value."""
    return isinstance(value, bool | np.bool_)


def type_name(series: Series) -> str:
    """Return the type of a column, for messages; that of its values where it says more."""
    if not isinstance(series.dtype, nw.Object | nw.Unknown | nw.Categorical | nw.Enum):
        return str(series.dtype)
    types = {type(value).__name__ for value in objects(series) if value is not None}
    return " and ".join(sorted(types))


def objects(series: Series) -> list[Any]:
    """Return the values as Python objects, None where one is missing."""
    missing = series.is_null().to_list()
    values = zip(series.to_list(), missing, strict=True)
    return [None if is_missing or _is_nan(value) else value for value, is_missing in values]


def _is_nan(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float | np.floating) and math.isnan(value)


def as_text(value: Any) -> str | None:
    """Return a value as people write it: 3 for 3.0, true for True; None if it is missing.

    >>> as_text(3.0), as_text(10**17 + 1), as_text(1e17), as_text(np.bool_(True))
    ('3', '100000000000000001', '100000000000000000', 'true')
    """
    if value is None:
        return None
    if is_truth_value(value):
        return str(value).lower()
    if isinstance(value, float | np.floating):
        number = float(value)
        whole = number.is_integer() and abs(number) <= LARGEST_WHOLE
        return str(int(number)) if whole else format_number(number)
    if isinstance(value, Decimal) and value.is_finite():
        return str(int(value)) if value == value.to_integral_value() else f"{value.normalize():f}"
    return str(value)


def texts(series: Series) -> list[str | None]:
    """Return the values of any kind as texts, None where one is missing."""
    return [as_text(value) for value in objects(series)]


def numbers(series: Series, kind: Kind) -> NDArray[np.float64]:
    """Return the values of a kind as numbers, NaN where one is missing.

    Dates and times are days since 1970, in UTC, which is assumed without a zone; durations are in
    days; times of day are the share of the day since midnight.
    """
    if isinstance(series.dtype, nw.Date | nw.Datetime):
        return _floats(series.dt.timestamp("us")) / MICROSECONDS_A_DAY
    if isinstance(series.dtype, nw.Duration):
        return _floats(series.dt.total_microseconds()) / MICROSECONDS_A_DAY
    if series.dtype.is_float() or series.dtype.is_integer():
        return _floats(series)
    return numbers_of_objects(objects(series), kind)


def numbers_of_objects(values: Iterable[Any], kind: Kind) -> NDArray[np.float64]:
    """Return Python objects of a kind as numbers, NaN for None."""
    convert = CONVERSIONS.get(kind, _float)
    return np.array([math.nan if value is None else convert(value) for value in values])


def _floats(series: Series) -> NDArray[np.float64]:
    try:
        values = series.cast(nw.Float64).to_numpy()
    except Exception:  # Arrow refuses whole numbers that are no floats, by errors of its libraries
        return numbers_of_objects(objects(series), "number")
    return np.array(values, dtype=np.float64)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an int with hundreds of digits
        return math.inf


def _days(value: Any) -> float:
    """Return the days since 1970 of a time; a period is the time at which it begins."""
    if isinstance(value, np.datetime64):
        return float(value.astype("datetime64[us]").astype(np.int64)) / MICROSECONDS_A_DAY
    if not isinstance(value, date):
        value = value.to_timestamp()
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return float(((value if value.tzinfo else value.replace(tzinfo=UTC)) - EPOCH) / DAY)


def _days_of_duration(value: Any) -> float:
    if isinstance(value, np.timedelta64):
        return float(value / np.timedelta64(1, "D"))
    return float(value / DAY)


def _share_of_day(value: time) -> float:
    seconds = 3600 * value.hour + 60 * value.minute + value.second + value.microsecond / 1e6
    return seconds / DAY.total_seconds()


CONVERSIONS: Mapping[Kind, Callable[[Any], float]] = {
    "time": _days,
    "duration": _days_of_duration,
    "clock": _share_of_day,
}
