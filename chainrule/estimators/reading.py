"""Reading of scikit-learn's X as a table."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_into_dataframe
from sklearn.utils.validation import validate_data

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.data_frame import read_frame
from chainrule.data.table import Column, Table

SOURCE = "X"


def to_table(estimator: Any, x: Any, *, reset: bool = False) -> Table:
    """Return X as a table.

    The columns of a data frame with text, categories or dates keep their types. Any other X is
    converted to numbers, with NaN for missing values.
    Args:
        estimator: the estimator whose number and names of columns are set or checked.
        x: an array, a list of lists, or a data frame of pandas, Polars or Arrow.
        reset: whether to set the number and names of columns instead of checking them.
    Raises:
        ValueError: X is empty, a number is infinite, or the columns differ from those of `fit`.
        TypeError: X is sparse.
    """
    if _has_more_than_numbers(x):
        validate_data(estimator, x, reset=reset, skip_check_array=True)
        return read_frame(x, ReadOptions())
    numbers = validate_data(
        estimator, x, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
    )
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        names = [f"x{index}" for index in range(numbers.shape[1])]
    columns = tuple(
        Column(str(name), np.ascontiguousarray(values))
        for name, values in zip(names, numbers.T, strict=True)
    )
    return Table(SOURCE, columns, target=None)


def _has_more_than_numbers(x: Any) -> bool:
    if not is_into_dataframe(x):
        return False
    frame = nw.from_native(x, eager_only=True)
    numeric = (dtype.is_numeric() or dtype == nw.Boolean for dtype in frame.schema.values())
    return not all(numeric)
