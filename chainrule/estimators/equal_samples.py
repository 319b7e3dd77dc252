"""Equal samples: in a batch of all samples, merged into one with the sum of their weights.

The gradient is a sum over all samples, in which k equal terms equal one term of weight k. Merging
saves work, and makes a weight of 3 equal to three copies bit for bit, despite rounding in sums.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column, Table


def merge_equal_samples(
    table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a row for each distinct sample, and the sum of the weights of its copies.

    Their order does not depend on the order of the rows.
    Args:
        table: samples without a target.
        targets: encoded targets, (n, outputs).
        weights: sample weights, (n,).
    Returns:
        Indices of rows of the table, and a weight for each.
    """
    codes = [_codes(column) for column in table.columns]
    codes += [np.unique(column, return_inverse=True)[1] for column in targets.T]
    _, rows, groups = np.unique(
        np.column_stack(codes), axis=0, return_index=True, return_inverse=True
    )
    return rows, np.bincount(groups.ravel(), weights).astype(np.float64)


def _codes(column: Column) -> NDArray[np.int64]:
    """Return the index of each value among the sorted distinct values; missing is a value, too."""
    values = column.values
    if column.kind == "category":
        values = np.array(["" if value is None else f"={value}" for value in values])
    codes: NDArray[np.int64] = np.unique(values, return_inverse=True)[1]
    return codes
