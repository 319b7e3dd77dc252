"""Problems: all that is found to be wrong with data, or worth a look, before training."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chainrule.data.columns.roles import ColumnRole, infer_roles
from chainrule.data.columns.vocabulary import Role, Task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import quoted_list
from chainrule.data.inspection.contradicting_rows import contradicting_rows
from chainrule.data.inspection.duplicated_rows import duplicated_rows
from chainrule.data.inspection.missing_values import mostly_missing
from chainrule.data.inspection.mixed_units import mixed_units
from chainrule.data.inspection.numbers_as_text import numbers_as_text
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.rare_classes import rare_classes
from chainrule.data.inspection.row_counters import row_counters
from chainrule.data.inspection.target_leakage import target_leakage
from chainrule.data.splits import suggest_splits
from chainrule.data.table import Table

# What a random split hides, where such a column is there.
RISKS = {
    "group": "If new data have new ones, a test on rows of known ones is too easy.",
    "time": "If what is predicted lies in the future, a test on rows from in between is too easy.",
}


def problems(
    data: Dataset, task: Task | None, given: Mapping[str, Role] | None = None
) -> list[Problem]:
    """What a person should look at, the worst first.

    Infinite numbers are none of it: reading refuses them, with row and column.
    Args:
        data: all rows.
        task: what the target asks for; None where there is no target.
        given: roles that a person said, by column. Of what was left out so, nothing more is said.
    """
    given = given or {}
    target = data.target
    if isinstance(data, Images):
        if target is None or task is None:
            return []
        return [*duplicated_rows(data), *rare_classes(target, task)]
    roles = [
        role for role in infer_roles(data, given) if not (role.name in given and role.left_out)
    ]
    found: list[Problem] = []
    if target is not None and task is not None:
        learned = [data.column(role.name) for role in roles if not role.left_out]
        found += target_leakage(replace(data, columns=tuple(learned)), task)
        found += duplicated_rows(data)
        found += contradicting_rows(data, task)
        found += rare_classes(target, task)
    return [*found, *_of_columns(data, roles), *_candidates(data, roles)]


def _of_columns(table: Table, roles: Sequence[ColumnRole]) -> list[Problem]:
    found: list[Problem] = []
    for role in roles:
        column = table.column(role.name)
        found += mixed_units(column)
        found += numbers_as_text(column, role)
        found += _doubtful(role)
        found += row_counters(column, role)
        found += mostly_missing(column, role)
    return found + _constant(roles)


def _doubtful(role: ColumnRole) -> list[Problem]:
    if not role.doubt:
        return []
    found = f"Column '{role.name}': {role.doubt}."
    return [Problem("ambiguous_dates", found, f"{role.remedy}.", (role.name,))]


def _constant(roles: Sequence[ColumnRole]) -> list[Problem]:
    names = tuple(role.name for role in roles if role.role == "constant")
    if not names:
        return []
    what = (
        f"Column {quoted_list(names)} says"
        if len(names) == 1
        else f"Columns {quoted_list(names)} say"
    )
    return [
        Problem(
            "constant",
            f"{what} the same in all rows, or nothing at all: left out.",
            "Look at why, if you expected something else.",
            names,
        )
    ]


def _candidates(table: Table, roles: Sequence[ColumnRole]) -> list[Problem]:
    """Columns that rows should perhaps be split by; what is a category for a person is no time."""
    categories = {role.name for role in roles if role.role == "category"}
    return [
        Problem(
            f"{candidate.kind}_column",
            f"Column '{candidate.column}' looks like a {candidate.kind}, with {candidate.values:,} "
            f"values in {candidate.rows:,} rows. {RISKS[candidate.kind]}",
            f"Then split by it: --{candidate.kind} {shlex.quote(candidate.column)}",
            (candidate.column,),
        )
        for candidate in suggest_splits(table)
        if candidate.kind == "group" or candidate.column not in categories
    ]
