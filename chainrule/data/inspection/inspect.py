"""Inspect: what data are, and what may be wrong with them, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.data.columns.roles import check_roles, infer_roles
from chainrule.data.columns.task import infer_task
from chainrule.data.columns.vocabulary import Role, Task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.problems import problems
from chainrule.data.inspection.summary import Summary, summary_of, values_of
from chainrule.data.table import Column


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Attributes:
        source: the name of the file or folder.
        rows: or pictures.
        size: (height, width) of pictures; None of a table.
        target: its name; None without one.
        task: that it asks for.
        target_values: classes with their shares, or a range.
        columns: of a table, in their order, without the target.
        problems: the worst first.
        notes: on how the data were read.
    """

    source: str
    rows: int
    size: tuple[int, int] | None
    target: str | None
    task: Task | None
    target_values: str
    columns: tuple[Summary, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it, in dicts, lists, texts and numbers."""
        return {
            "source": self.source,
            "rows": self.rows,
            "size": None if self.size is None else list(self.size),
            "target": self.target,
            "task": self.task,
            "target_values": self.target_values,
            "columns": [column.as_json() for column in self.columns],
            "problems": [problem.as_json() for problem in self.problems],
            "notes": list(self.notes),
        }


def inspect(
    data: Dataset, task: Task | None = None, roles: Mapping[str, Role] | None = None
) -> Inspection:
    """Look at all rows of a dataset, target and all; nothing is trained.

    Args:
        data: a table or pictures, with or without a target.
        task: what the target asks for; found out from it if not given.
        roles: of columns, where they are not those that `infer_roles` finds.
    Raises:
        InputError: a role is for no column, or does not fit its values.
    """
    check_roles(data, roles or {})
    target = data.target
    if target is not None:
        task = task or infer_task(target)
    columns: tuple[Summary, ...] = ()
    if not isinstance(data, Images):
        pairs = zip(data.columns, infer_roles(data, roles), strict=True)
        columns = tuple(summary_of(data, column, role) for column, role in pairs)
    # Classes may be written as numbers.
    shown = target
    if target is not None and task != "regression":
        shown = Column(target.name, target.categories())
    return Inspection(
        source=data.source,
        rows=len(data),
        size=(data.pixels.shape[1], data.pixels.shape[2]) if isinstance(data, Images) else None,
        target=None if target is None else target.name,
        task=None if target is None else task,
        target_values="" if shown is None else values_of(shown),
        columns=columns,
        problems=tuple(problems(data, None if target is None else task, roles)),
        notes=data.notes,
    )
