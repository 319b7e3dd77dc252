"""Columns that readers leave out for their type, such as lists."""

from __future__ import annotations

from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Table, UnusableColumn


def unusable_columns(table: Table) -> list[Problem]:
    """Report each column whose type is not supported."""
    return [
        Problem(
            "left_out",
            f"{note}.",
            "Convert it to numbers, text, truth values or dates, or put what it holds into columns "
            "of their own.",
            (note.column,),
        )
        for note in table.notes
        if isinstance(note, UnusableColumn)
    ]
