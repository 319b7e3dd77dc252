"""Columns that number the rows but are not named like an identifier."""

from __future__ import annotations

from chainrule.data.columns.roles import ColumnRole, is_sequence
from chainrule.data.inspection.problem import Problem, role_option
from chainrule.data.table import Column


def row_counters(column: Column, role: ColumnRole) -> list[Problem]:
    """Report a column of distinct whole numbers without large gaps, which may number the rows."""
    if role.role != "number" or column.kind != "number" or column.missing.any():
        return []
    if not is_sequence(column.values):
        return []
    return [
        Problem(
            "row_counter",
            f"Column '{column.name}' has a different whole number in each row, in sequence, as if "
            "it counted the rows; it is used as a number.",
            f"If it is not a quantity, leave it out: {role_option(column.name, 'identifier')}",
            (column.name,),
        )
    ]
