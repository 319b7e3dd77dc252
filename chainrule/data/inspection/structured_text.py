"""Text of several parts, which is encoded as categories: each text is one of them."""

from __future__ import annotations

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.columns.structured_text import structure_of
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column


def structured_text(column: Column, role: ColumnRole) -> list[Problem]:
    """Report a column of categories that are addresses, pairs of numbers, lists or the like.

    Where such a column is left out, the reason of its role says so.
    """
    if column.kind == "number" or column.declared or role.role != "category":
        return []
    structure = structure_of({text for text in column.values if text is not None})
    if structure is None:
        return []
    return [
        Problem(
            "structured_text",
            f"Column '{column.name}' has {structure.name}: each is encoded as one category, as if "
            "their parts had nothing in common.",
            f"{structure.remedy}.",
            (column.name,),
        )
    ]
