"""A column to split by, which must exist and have no missing values."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.table import COUNTING, Column, Table
from chainrule.errors import InputError


def required_column(data: Dataset, role: str, name: str) -> tuple[Table, Column]:
    """Return the table and its column of that name.

    Args:
        data: a table.
        role: the use of the column, such as "group", for messages.
        name: of the column, which is not the target.
    Raises:
        InputError: the data are pictures, the column does not exist, or a value is missing.
    """
    if not isinstance(data, Table):
        raise InputError(
            f"{data.source}: got the column '{name}' as the {role} of pictures, which have no "
            "columns; expected a table. Leave it out, or give separate files for validation "
            "and test."
        )
    column = next((column for column in data.columns if column.name == name), None)
    if column is None:
        raise data.unknown_input(role, name)
    if column.missing.any():
        row = int(np.argmax(column.missing))
        raise InputError(
            f"{data.location(row)}, column '{name}': got no value, expected the {role} of every "
            f"row. Fill it in, or leave the row out. {COUNTING}"
        )
    return data, column
