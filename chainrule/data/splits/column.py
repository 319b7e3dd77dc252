"""Split by a column that names the part of each row."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.split import Split
from chainrule.data.table import COUNTING
from chainrule.errors import InputError

# Accepted names of the parts, each with its index in PARTS.
PART_NAMES = {
    **dict.fromkeys(("train", "training"), 0),
    **dict.fromkeys(("validation", "valid", "val", "dev"), 1),
    **dict.fromkeys(("test", "testing"), 2),
}


def split_by_column(data: Dataset, name: str) -> Split:
    """Split by a column with the names of parts, ignoring case. Only training must have rows.

    Raises:
        InputError: the column does not exist, a value is missing or names no part, or no row is for
            training.
    """
    table, column = required_column(data, "split column", name)
    parts = np.empty(len(table), np.int64)
    for row, text in enumerate(column.categories()):
        part = PART_NAMES.get(text.lower())
        if part is None:
            raise InputError(
                f"{table.location(row)}, column '{name}': got '{text}', expected one of "
                f"{', '.join(PART_NAMES)}. Correct the value, or name another column. "
                f"{COUNTING}"
            )
        parts[row] = part
    if not (parts == 0).any():
        raise InputError(
            f"{table.source}, column '{name}': got no row for training, expected at least one with "
            "the value train. Mark the rows to learn from, or name another column."
        )
    return Split.from_parts(parts)
