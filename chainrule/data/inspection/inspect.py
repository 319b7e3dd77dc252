"""Inspection of a dataset: a summary of each column, and possible problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chainrule.data.columns.roles import check_roles, infer_roles, notes_on_dates
from chainrule.data.columns.task import infer_task_of
from chainrule.data.dataset import Dataset, Images
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.problems import problems
from chainrule.data.inspection.summary import Summary, in_doubt, summary_of, values_of
from chainrule.data.table import Column, Table, UnusableColumn
from chainrule.data.vocabulary import Role, Task
from chainrule.errors import InputError, collected_errors


@dataclass(frozen=True)
class Inspection:
    """The result of an inspection.

    Attributes:
        source: the name of the file or folder.
        rows: number of rows or pictures.
        size: (height, width) of pictures; None for a table.
        target: the name of the target; None if there is none.
        task: of the target.
        target_values: classes with their shares, or a range.
        columns: summaries of the columns of a table, in order, without the target.
        problems: the most severe first.
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
        """Return all fields as a JSON object."""
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
    data: Dataset, task: Task | None = None, refused: Sequence[InputError] = ()
) -> Inspection:
    """Inspect all rows of a dataset, including the target. Nothing is trained.

    What training would refuse is a problem, the first of all.
    Args:
        data: a table or pictures, with or without a target.
        task: of the target; inferred by default.
        refused: errors that were collected when the data were read.
    """
    errors = [*refused]
    roles = data.read_options.roles
    with collected_errors() as unknown_roles:
        check_roles(data)
    errors += unknown_roles
    target = data.target
    if target is not None:
        with collected_errors() as of_target:
            task = task or infer_task_of(data)
        errors += of_target
    columns: tuple[Summary, ...] = ()
    readings: list[str] = []
    if not isinstance(data, Images):
        data = data.with_infinite_as_missing()
        target = data.target
        roles, unfit = _fitting(data, roles)
        errors += unfit
        found = infer_roles(data, roles)
        pairs = zip(data.columns, found, strict=True)
        columns = tuple(
            in_doubt(summary) if summary.name in data.in_doubt else summary
            for summary in (summary_of(data, column, role) for column, role in pairs)
        )
        readings = notes_on_dates(data.source, found)
    found_problems = problems(data, None if target is None else task, roles, errors)
    # Classes may be numbers in the file.
    answers = target
    if target is not None and task != "regression":
        answers = Column(target.name, target.categories())
    return Inspection(
        source=data.source,
        rows=len(data),
        size=(data.pixels.shape[1], data.pixels.shape[2]) if isinstance(data, Images) else None,
        target=None if target is None else target.name,
        task=None if target is None else task,
        target_values="" if answers is None else values_of(answers),
        columns=columns,
        problems=tuple(found_problems),
        notes=(*_notes_besides(found_problems, data), *readings),
    )


def _notes_besides(found: Sequence[Problem], data: Dataset) -> tuple[str, ...]:
    """Return the notes, except those on doubtful rows and unusable columns, which are problems.

    A note that a problem begins with is not repeated.
    """
    doubts = () if isinstance(data, Images) else data.doubtful_rows
    told = {doubt.note for doubt in doubts}
    return tuple(
        note
        for note in data.notes
        if note not in told
        and not isinstance(note, UnusableColumn)
        and not any(
            _begins_with(problem, note.removeprefix(f"{data.source}: ")) for problem in found
        )
    )


def _begins_with(problem: Problem, note: str) -> bool:
    return problem.message.startswith(f"{note}.")


def _fitting(table: Table, roles: Mapping[str, Role]) -> tuple[dict[str, Role], list[InputError]]:
    """Return the roles that fit the values of their columns, and the errors of the others."""
    fitting = dict(roles)
    errors = []
    for column in table.columns:
        try:
            (role,) = infer_roles(replace(table, columns=(column,)), roles)
            summary_of(table, column, role)
        except InputError as error:
            errors.append(error)
            del fitting[column.name]
    return fitting, errors
