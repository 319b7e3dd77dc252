"""Split by a column: it says of each row to which part it belongs."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.split import Split
from chainrule.data.table import COUNTING
from chainrule.errors import InputError

# Spellings of the parts, by their places in PARTS.
SPELLINGS = {
    **dict.fromkeys(("train", "training"), 0),
    **dict.fromkeys(("validation", "valid", "val", "dev"), 1),
    **dict.fromkeys(("test", "testing"), 2),
}


def split_by_column(data: Dataset, name: str) -> Split:
    """The split that a column says, in capitals or not. Validation and test may have no row.

    Raises:
        InputError: the data have no such column, a row has no value in it or another one than
            the parts' names, or no row is for training.
    """
    table, column = required_column(data, "split column", name)
    parts = np.empty(len(table), np.int64)
    for row, text in enumerate(column.categories()):
        place = SPELLINGS.get(text.lower())
        if place is None:
            raise InputError(
                f"{table.place(row)}, column '{name}': got '{text}', expected one of "
                f"{', '.join(SPELLINGS)}. Correct the value, or name another column. "
                f"{COUNTING}"
            )
        parts[row] = place
    if not (parts == 0).any():
        raise InputError(
            f"{table.source}, column '{name}': got no row for training, expected at least one with "
            "the value train. Mark the rows to learn from, or name another column."
        )
    return Split.from_parts(parts)
