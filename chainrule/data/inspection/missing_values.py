"""Columns with mostly missing values."""

from __future__ import annotations

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column
from chainrule.data.vocabulary import drop_option

MAX_MISSING_SHARE = 0.5


def mostly_missing(column: Column, role: ColumnRole) -> list[Problem]:
    """Report a column that is used but missing in more than half of the rows."""
    missing = float(column.missing.mean())
    if role.left_out or missing <= MAX_MISSING_SHARE:
        return []
    return [
        Problem(
            "mostly_missing",
            f"Column '{column.name}' is missing in {missing:.1%} of the rows: the network learns "
            "mostly whether it is missing.",
            "Look at why it is missing. If new data will have it, fill it in; if not, leave it "
            f"out: {drop_option(column.name)}",
            (column.name,),
        )
    ]
