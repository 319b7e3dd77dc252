"""Columns that lack most of their values."""

from __future__ import annotations

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.inspection.problem import Problem, role_option
from chainrule.data.table import Column

MAX_MISSING_SHARE = 0.5


def mostly_missing(column: Column, role: ColumnRole) -> list[Problem]:
    """A column that is learned from, but lacks its value in more than half of the rows."""
    missing = float(column.missing.mean())
    if role.left_out or missing <= MAX_MISSING_SHARE:
        return []
    return [
        Problem(
            "mostly_missing",
            f"Column '{column.name}' is missing in {missing:.1%} of the rows; what is learned from "
            "it is mostly whether it is there.",
            "Look at why it is missing. If it will be there in new data, fill it in; if not, leave "
            f"it out: {role_option(column.name, 'identifier')}",
            (column.name,),
        )
    ]
