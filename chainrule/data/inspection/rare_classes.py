"""Classes with too few rows to learn and to test."""

from __future__ import annotations

from collections import Counter

from chainrule.data.columns.task import MIN_ROWS_PER_CLASS
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task

MAX_NAMES = 5


def rare_classes(target: Column, task: Task) -> list[Problem]:
    """Find classes with fewer than 10 rows, of which the test would have one or two."""
    if task == "regression":
        return []
    counts = Counter(target.categories()[~target.missing].tolist())
    rare = sorted(
        (name for name, count in counts.items() if count < MIN_ROWS_PER_CLASS),
        key=lambda name: (counts[name], name),
    )
    if not rare:
        return []
    rows = ", ".join(str(counts[name]) for name in rare[:MAX_NAMES])
    names = quoted_list(rare, MAX_NAMES)
    subject = f"Class {names} has" if len(rare) == 1 else f"Classes {names} have"
    return [
        Problem(
            "rare_classes",
            f"{subject} {rows} of {pluralised(counts.total(), 'row')}: too few to learn them, and "
            "to test how well they were learned.",
            "Collect more rows of them, merge classes, or leave these rows out. "
            "--class-weight balanced gives all classes the same weight.",
        )
    ]
