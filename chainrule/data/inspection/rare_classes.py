"""Classes that have too few rows to be learned and tested."""

from __future__ import annotations

from collections import Counter

from chainrule.data.columns.task import MIN_ROWS_PER_CLASS
from chainrule.data.columns.vocabulary import Task
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column

MAX_NAMES = 5


def rare_classes(target: Column, task: Task) -> list[Problem]:
    """Classes with fewer than 10 rows: one or two would be in the test, and say nothing there."""
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
    named = quoted_list(rare, MAX_NAMES)
    what = f"Class {named} has" if len(rare) == 1 else f"Classes {named} have"
    return [
        Problem(
            "rare_classes",
            f"{what} {rows} of {pluralised(counts.total(), 'row')}: too few to learn them, and to "
            "judge how well they were learned.",
            "Collect more such rows, put classes together, or leave these rows out. "
            "--class-weight balanced lets them count as much as others.",
        )
    ]
