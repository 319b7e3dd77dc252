"""Rows with equal inputs and different targets, which bound the accuracy of any model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.formatting import pluralised
from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task

MIN_SHARE = 0.01


def contradicting_rows(table: Table, task: Task) -> list[Problem]:
    """Find rows whose class differs from that of most rows with equal inputs, if 1 % or more.

    In each group of equal inputs a model can at best predict the most frequent class, so the
    accuracy is at most 1 - (rows of other classes) / rows.
    """
    if table.target is None or task == "regression" or len(table) == 0:
        return []
    constant = Column("constant", np.zeros(len(table)))
    group = first_occurrences(replace(table, target=constant))
    classes = np.unique(table.target.categories().astype(str), return_inverse=True)[1]
    pairs, counts = np.unique(group * (classes.max() + 1) + classes, return_counts=True)
    most_frequent = np.zeros(len(table), np.int64)
    np.maximum.at(most_frequent, pairs // (classes.max() + 1), counts)
    wrong = len(table) - int(most_frequent.sum())
    if wrong < MIN_SHARE * len(table):
        return []
    return [
        Problem(
            "contradicting_rows",
            f"{pluralised(wrong, 'row')} of {len(table):,} have another target than most rows with "
            f"the same inputs: on these rows no model can be right in more than "
            f"{1 - wrong / len(table):.1%}.",
            "Look for wrong labels, or add a column that distinguishes these rows.",
        )
    ]
