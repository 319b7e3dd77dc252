"""Reading of scikit-learn's X as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_into_dataframe, is_pandas_dataframe, is_polars_lazyframe
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import MAX_EXACT, notes_on_long_numbers, notes_on_missing
from chainrule.data.reading.data_frame import READ_AS, read_frame, wrap_frame
from chainrule.data.reading.frame_values import kind_of_series
from chainrule.data.table import Column, Table
from chainrule.errors import InputError

SOURCE = "X"
CATEGORIES = (nw.Categorical, nw.Enum)


def to_table(
    estimator: Any, x: Any, *, reset: bool = False, fitted: Preparation | None = None
) -> Table:
    """Return X as a table; its notes are those that a user should be warned of.

    The columns of a data frame are what their values are. Any other X is converted to numbers, with
    NaN for missing values.
    Args:
        estimator: the estimator whose number and names of columns are set or checked.
        x: an array, a list of lists, or a data frame of pandas, Polars or Arrow.
        reset: whether to set the number and names of columns instead of checking them.
        fitted: the preparation of the columns, which are read as it was fitted on them.
    Raises:
        ValueError: X is empty, a number is infinite, or the columns differ from those of `fit`.
        TypeError: X is sparse.
    """
    if is_into_dataframe(x) or is_polars_lazyframe(x):
        wrapped = wrap_frame(x)  # its errors say more than those of scikit-learn
        validate_data(estimator, x, reset=reset, skip_check_array=True)
        return _read_frame(_named(x, _names(estimator, len(wrapped.columns))), fitted)
    if isinstance(x, np.ma.MaskedArray):
        x = np.ma.filled(x.astype(np.float64), np.nan)
    refuse_times(SOURCE, x)
    numbers = validate_data(
        estimator, x, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
    )
    columns = tuple(
        Column(name, np.ascontiguousarray(values))
        for name, values in zip(_names(estimator, len(numbers.T)), numbers.T, strict=True)
    )
    notes = notes_on_codes(_names(estimator, len(columns)), np.asarray(x).T)
    return Table(SOURCE, columns, target=None, notes=notes)


def _read_frame(frame: nw.DataFrame[Any], fitted: Preparation | None) -> Table:
    """Read a data frame, and keep those notes that a user should be warned of.

    Missing values are no reason to warn, and neither are dates.
    """
    options = ReadOptions() if fitted is None else fitted.read_options.updated(target=None)
    if options.columns is not None:
        frame = frame.select(*options.columns)
    table = read_frame(frame, options)
    pairs = [(column, frame[column.name]) for column in table.columns]
    if fitted is None:
        table = replace(table, columns=tuple(_declared(c, values) for c, values in pairs))
    else:
        table = replace(table, columns=tuple(_as_fitted(c, values, fitted) for c, values in pairs))
    expected = {*notes_on_missing(table), *notes_on_long_numbers(table)}
    notes = [note for note in table.notes if note not in expected and READ_AS["time"] not in note]
    whole = [name for name, dtype in frame.schema.items() if dtype.is_integer()]
    codes = notes_on_codes(whole, [frame[name].drop_nulls().to_numpy() for name in whole])
    return replace(table, notes=(*notes, *codes))


def _declared(column: Column, series: nw.Series[Any]) -> Column:
    """Return a column of the type category as one that is used, even if most of its values differ.

    Its type is what a user of a data frame has to say that the values are categories.
    """
    is_category = isinstance(series.dtype, CATEGORIES) and column.kind == "category"
    return replace(column, declared="category") if is_category else column


def _as_fitted(column: Column, series: nw.Series[Any], fitted: Preparation) -> Column:
    """Return truth values as 1 and 0 where the preparation was fitted on numbers."""
    assert not isinstance(fitted.inputs, Pixels)
    is_number = any(isinstance(c, Numbers) and c.name == column.name for c in fitted.inputs)
    if not is_number or kind_of_series(series) != "boolean":
        return column
    numbers = {"true": 1.0, "false": 0.0, None: np.nan}
    return Column(column.name, np.array([numbers[text] for text in column.values]))


def _names(estimator: Any, columns: int) -> list[str]:
    """Return the names of the columns in `fit`, or x0, x1, ... for those of an array."""
    names = getattr(estimator, "feature_names_in_", [f"x{index}" for index in range(columns)])
    return [str(name) for name in names]


def _named(frame: Any, names: Sequence[str]) -> nw.DataFrame[Any]:
    """Return the frame with these names of its columns: those of pandas need not be text."""
    if is_pandas_dataframe(frame):
        return wrap_frame(frame.set_axis(names, axis=1))
    wrapped = wrap_frame(frame)
    return wrapped.rename(dict(zip(wrapped.columns, names, strict=True)))


def notes_on_codes(names: Sequence[str], columns: Iterable[NDArray[Any]]) -> tuple[str, ...]:
    """Return notes on columns of whole numbers that float64 rounds."""
    return tuple(
        f"{SOURCE}: column '{name}' has whole numbers beyond 2^53, such as {values.max()}, which "
        "are rounded to 15 digits or so. If they are codes, give them as text in a data frame"
        for name, values in zip(names, columns, strict=True)
        if is_rounded(values)
    )


def is_rounded(values: NDArray[Any]) -> bool:
    """Return whether some are whole numbers that float64 does not have."""
    return values.dtype.kind in "iu" and bool(len(values)) and values.max() > MAX_EXACT


def exact_target(y: Any) -> Any:
    """Return y itself; whole numbers and truth values of data frames as those of NumPy.

    scikit-learn reads pandas' nullable types as float64, which merges codes beyond 2^53.
    """
    series = nw.from_native(y, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series) or series.null_count():
        return y
    is_exact = series.dtype.is_integer() or series.dtype == nw.Boolean
    return series.to_numpy() if is_exact else y


def refuse_times(source: str, values: Any) -> None:
    """Refuse an array of dates or durations, whose numbers depend on the unit of the array.

    Raises:
        InputError: it is one.
    """
    if getattr(getattr(values, "dtype", None), "kind", "") in ("m", "M"):
        raise InputError(
            f"{source}: got an array of type {values.dtype}, expected numbers. Give dates as a "
            "column of a data frame, or convert them, as by (dates - first) / "
            "np.timedelta64(1, 'D')."
        )
