"""Rows with the same inputs and different targets, which no model can all get right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.columns.vocabulary import Task
from chainrule.data.formatting import pluralised
from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences
from chainrule.data.table import Column, Table

MIN_SHARE = 0.01


def contradicting_rows(table: Table, task: Task) -> list[Problem]:
    """Classes that differ where all inputs are equal, if that is true of 1 % of the rows or more.

    Of each group of equal inputs a model can get the most frequent class right, so the accuracy on
    these rows is at most the share of such rows.
    """
    if table.target is None or task == "regression" or len(table) == 0:
        return []
    nothing = Column("nothing", np.zeros(len(table)))
    group = first_occurrences(replace(table, target=nothing))
    classes = np.unique(table.target.categories().astype(str), return_inverse=True)[1]
    pairs, counts = np.unique(group * (classes.max() + 1) + classes, return_counts=True)
    most = np.zeros(len(table), np.int64)
    np.maximum.at(most, pairs // (classes.max() + 1), counts)
    wrong = len(table) - int(most.sum())
    if wrong < MIN_SHARE * len(table):
        return []
    return [
        Problem(
            "contradicting_rows",
            f"{pluralised(wrong, 'row')} of {len(table):,} have another target than most rows with "
            f"the same inputs: on these rows no model can be right in more than "
            f"{1 - wrong / len(table):.1%}.",
            "Look for labels that are wrong, or for a column that tells the rows apart.",
        )
    ]
