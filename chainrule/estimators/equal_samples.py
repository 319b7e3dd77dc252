"""Equal samples: where a batch holds all samples, equal ones are one with the sum of their weights.

The gradient is then a sum over all samples, in which k equal terms are one term k times. So it is
less work and nothing else; but a weight of 3 and three copies become the same to the last bit, as
sums of floating-point numbers in another order are not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column, Table


def merge_equal_samples(
    table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a row of each distinct sample, and the total weight of its copies.

    Their order does not depend on the order of the rows.
    Args:
        table: without a target.
        targets: (n, outputs).
        weights: (n,).
    Returns:
        Rows of the table, and a weight for each of them.
    """
    codes = [_codes(column) for column in table.columns]
    codes += [np.unique(column, return_inverse=True)[1] for column in targets.T]
    _, rows, of_each = np.unique(
        np.column_stack(codes), axis=0, return_index=True, return_inverse=True
    )
    return rows, np.bincount(of_each.ravel(), weights).astype(np.float64)


def _codes(column: Column) -> NDArray[np.int64]:
    """Return the index of each value among the sorted distinct ones, missing among them."""
    values = column.values
    if column.kind == "category":
        values = np.array(["" if value is None else f"={value}" for value in values])
    codes: NDArray[np.int64] = np.unique(values, return_inverse=True)[1]
    return codes
