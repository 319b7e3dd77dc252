"""Columns that count the rows without being named so."""

from __future__ import annotations

from chainrule.data.columns.roles import ColumnRole, is_sequence
from chainrule.data.inspection.problem import Problem, role_option
from chainrule.data.table import Column


def row_counters(column: Column, role: ColumnRole) -> list[Problem]:
    """A number that is whole, different in each row, and without large gaps, as a row's number."""
    if role.role != "number" or column.kind != "number" or column.missing.any():
        return []
    if not is_sequence(column.values):
        return []
    return [
        Problem(
            "row_counter",
            f"Column '{column.name}' has a different whole number in each row, in sequence, as if "
            "it counted the rows; it is learned from as a number.",
            f"If it is no quantity, leave it out: {role_option(column.name, 'identifier')}",
            (column.name,),
        )
    ]
