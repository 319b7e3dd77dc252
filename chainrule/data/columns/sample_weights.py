"""Sample weights, read from a column of the table.

A row of weight 0 is the same as no row: it is left out where the weights are read, before anything
is inferred from the rows, split or fitted. A row of weight 2 is the same as two equal rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.table import Column, Table
from chainrule.errors import InputError

Weights = NDArray[np.float64]

# Sums beyond these, and their reciprocals, are no normal float64.
SUMS = (1e-290, 1e290)
# Of the mean weight: a smaller one has no effect, and products of smaller ones vanish.
LEAST_SHARE = 1e-30


def with_sample_weights(data: Dataset, column: str | None) -> Dataset:
    """Return the rows of weight above 0, with their weights in place of the column.

    Args:
        data: a table.
        column: the name of the column of weights; None for none. A table that has its weights
            already is returned unchanged.
    Raises:
        InputError: the data are pictures, the column does not exist, a weight is missing, negative
            or no number, or all are 0.
    """
    if column is None or (isinstance(data, Table) and data.weights is not None):
        return data
    if isinstance(data, Images):
        raise InputError(
            f"{data.source}: got the column '{column}' of sample weights for pictures, which have "
            "no columns; expected a table. Leave sample_weight out, or use class_weight."
        )
    weights = _checked(data, data.column(column))
    others = tuple(other for other in data.columns if other.name != column)
    weighted = replace(data, columns=others, weights=Column(column, weights))
    notes = data.notes
    if (weights == 0).any():
        example = data.location(int(np.argmin(weights)))
        notes = (*notes, note_on_zeros(data.source, column, int((weights == 0).sum()), example))
    return replace(weighted.take(weights > 0), notes=notes)


def with_weights_if_present(data: Dataset, column: str | None) -> Dataset:
    """Return `with_sample_weights`; without the column, the data with a note that it lacks it.

    For data that the network is not trained on. Raises as `with_sample_weights`.
    """
    weighted_already = isinstance(data, Table) and data.weights is not None
    if column is None or weighted_already:
        return data
    if isinstance(data, Table) and column not in [each.name for each in data.columns]:
        note = f"{data.source}: there is no column '{column}' of weights: all rows count equally"
        return data if note in data.notes else replace(data, notes=(*data.notes, note))
    return with_sample_weights(data, column)


def weights_of(data: Dataset) -> Weights | None:
    """Return the sample weight of each row, (rows,), also if all are equal; None if none exist."""
    return None if isinstance(data, Images) or data.weights is None else data.weights.values


def row_counts(weights: Weights | None) -> Weights | None:
    """Return weights above 0 as numbers of rows, (rows,); None if each row counts as one.

    Whole numbers count copies of a row, and stay. Other weights are relative: they are divided by
    their mean, so that they sum to the number of rows.
    """
    if weights is None:
        return None
    counts = weights
    if (weights != np.floor(weights)).any():
        counts = np.maximum(weights / weights.mean(), LEAST_SHARE)
    return None if (counts == 1).all() else counts


def _checked(table: Table, column: Column) -> Weights:
    """Return the weights, of which one at least is above 0. Raises as `with_sample_weights`."""
    weights = table.numbers(column)
    invalid = ~(weights >= 0)  # True for NaN, too
    if invalid.any():
        row = int(np.argmax(invalid))
        raise invalid_weight(table.location(row), column.name, float(weights[row]))
    with np.errstate(over="ignore"):  # an infinite sum is refused
        check_sum(table.source, column.name, float(weights.sum()))
    return weights


def invalid_weight(location: str, column: str, weight: float | None) -> InputError:
    """Return the error for a weight that is missing, negative or infinite."""
    got = "no value" if weight is None or np.isnan(weight) else f"{weight:g}"
    return InputError(
        f"{location}, column '{column}': got {got} as the weight of a sample, expected a number of "
        "at least 0. Fill in the weight, or leave the row out."
    )


def check_sum(source: str, column: str, total: float) -> None:
    """Check the sum of all weights. Raises InputError: it is 0, or too small or large to use."""
    if total == 0:
        raise InputError(
            f"{source}, column '{column}': got the weight 0 for every sample, expected at least "
            "one above 0. Give other weights, or leave sample_weight out."
        )
    if not SUMS[0] <= total <= SUMS[1]:
        raise InputError(
            f"{source}, column '{column}': got weights whose sum is {total:g}, expected one from "
            f"{SUMS[0]:g} to {SUMS[1]:g}. Give weights of a mean near 1."
        )


def note_on_zeros(source: str, column: str, count: int, example: str = "") -> str:
    """Return the note on rows of weight 0, with the location of one as an example."""
    verb = "is" if count == 1 else "are"
    such_as = f", such as {example}" if example else ""
    return (
        f"{source}, column '{column}': {pluralised(count, 'row')} of weight 0 {verb} left "
        f"out{such_as}"
    )
