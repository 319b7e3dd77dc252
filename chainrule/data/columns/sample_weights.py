"""Sample weights, read from a column of the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.table import Table
from chainrule.errors import InputError


def split_off_weights(data: Dataset, column: str) -> tuple[Dataset, NDArray[np.float64]]:
    """Split the column of sample weights off a table.

    Args:
        data: a table.
        column: the name of the column.
    Returns:
        The table without the column, and the weights, (rows,).
    Raises:
        InputError: the data are pictures, the column does not exist, a weight is missing, negative
            or no number, or all are 0.
    """
    weights = sample_weights(data, column)
    if not weights.any():
        raise InputError(
            f"{data.source}, column '{column}': got the weight 0 for every sample, expected at "
            "least one above 0. Give other weights, or leave sample_weight out."
        )
    assert isinstance(data, Table)
    return replace(data, columns=tuple(c for c in data.columns if c.name != column)), weights


def sample_weights(data: Dataset, column: str) -> NDArray[np.float64]:
    """Return the weights, (rows,), which may all be 0. Raises as `split_off_weights`."""
    if not isinstance(data, Table):
        raise InputError(
            f"{data.source}: got the column '{column}' of sample weights for pictures, which have "
            "no columns; expected a table. Leave sample_weight out, or use class_weight."
        )
    weights = data.numbers(data.column(column))
    invalid = ~(weights >= 0)  # True for NaN, too
    if invalid.any():
        row = int(np.argmax(invalid))
        got = "no value" if np.isnan(weights[row]) else f"{weights[row]:g}"
        raise InputError(
            f"{data.location(row)}, column '{column}': got {got} as the weight of "
            "a sample, expected a number of at least 0. Fill in the weight, or leave the row out."
        )
    return weights
