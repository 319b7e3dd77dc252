"""All checks of a dataset for possible problems."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chainrule.data.columns.roles import OTHER_VALUES, ColumnRole, infer_roles
from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import quoted_list
from chainrule.data.inspection.contradicting_pictures import contradicting_pictures
from chainrule.data.inspection.contradicting_rows import contradicting_rows
from chainrule.data.inspection.duplicated_rows import duplicated_rows
from chainrule.data.inspection.missing_values import mostly_missing
from chainrule.data.inspection.mixed_units import mixed_units
from chainrule.data.inspection.numbers_as_text import numbers_as_text
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.rare_classes import rare_classes
from chainrule.data.inspection.refusals import (
    nothing_to_learn_from,
    refusals,
    refused_target,
)
from chainrule.data.inspection.structured_text import structured_text
from chainrule.data.inspection.target_leakage import target_leakage
from chainrule.data.inspection.target_shape import target_shape
from chainrule.data.inspection.unusable_columns import unusable_columns
from chainrule.data.splits import suggest_splits
from chainrule.data.table import Column, DoubtfulRows, Table
from chainrule.data.vocabulary import Role, Task
from chainrule.errors import InputError

# The risk of a random split if the data have a group or a time.
RISKS = {
    "group": "If new data have new values of it, a random split makes the test too easy.",
    "time": "If you predict the future, a random split makes the test too easy.",
}


def problems(
    data: Dataset,
    task: Task | None,
    overrides: Mapping[str, Role] | None = None,
    refused: Sequence[InputError] = (),
) -> list[Problem]:
    """Return all problems of a dataset, the most severe first.

    Args:
        data: all rows.
        task: of the target; None if there is none.
        overrides: roles set by the user, by column. Columns left out by them are not checked.
        refused: errors that were collected when the data were read.
    """
    overrides = overrides or {}
    target = data.target
    if isinstance(data, Images):
        if target is None or task is None:
            return []
        return [
            *refusals(refused),
            *(refused_target(data, task) or _target_problems(data, target, task)),
            *duplicated_rows(data),
            *contradicting_pictures(data),
        ]
    roles = [
        role
        for role in infer_roles(data, overrides)
        if not (role.name in overrides and role.left_out) and role.name not in data.in_doubt
    ]
    result = refusals(refused) + [_doubtful_rows(data, doubt) for doubt in data.doubtful_rows]
    if target is not None and task is not None:
        result += nothing_to_learn_from(data.source, roles)
        unfit = refused_target(data, task)
        result += unfit
        inputs = [data.column(role.name) for role in roles if not role.left_out]
        if not unfit:
            result += target_leakage(replace(data, columns=tuple(inputs)), task)
        result += duplicated_rows(data)
        if not unfit:
            result += contradicting_rows(data, task)
            result += _target_problems(data, target, task)
    of_columns = [*_column_problems(data, roles), *unusable_columns(data)]
    return [*result, *of_columns, *_split_suggestions(data, roles)]


def _target_problems(data: Dataset, target: Column, task: Task) -> list[Problem]:
    return target_shape(data, task) + rare_classes(target, task)


def _doubtful_rows(table: Table, doubt: DoubtfulRows) -> Problem:
    of_file = "" if doubt.source == table.source else f" ({doubt.source})"
    return Problem(
        doubt.kind,
        f"{doubt.message[:1].upper()}{doubt.message[1:]}{of_file}.",
        f"If they are no samples: {doubt.remedy}",
    )


def _column_problems(table: Table, roles: Sequence[ColumnRole]) -> list[Problem]:
    result: list[Problem] = []
    for role in roles:
        column = table.column(role.name)
        result += mixed_units(column)
        of_text = numbers_as_text(column, role)
        result += of_text
        result += structured_text(column, role)
        result += _doubts(role)
        result += mostly_missing(column, role)
        result += [] if of_text else _left_out(role)
    return result + _constant(roles)


def _doubts(role: ColumnRole) -> list[Problem]:
    if not role.doubt:
        return []
    kind = "ambiguous_dates" if role.role == "date" else "row_counter"
    return [Problem(kind, f"Column '{role.name}': {role.doubt}.", role.remedy, (role.name,))]


def _left_out(role: ColumnRole) -> list[Problem]:
    if not role.left_out or role.role == "constant":
        return []
    message = f"Column '{role.name}' is left out, as {role.reason}."
    return [Problem("left_out", message, role.remedy, (role.name,))]


def _constant(roles: Sequence[ColumnRole]) -> list[Problem]:
    names = tuple(role.name for role in roles if role.role == "constant")
    if not names:
        return []
    subject = (
        f"Column {quoted_list(names)} has"
        if len(names) == 1
        else f"Columns {quoted_list(names)} have"
    )
    return [
        Problem(
            "constant",
            f"{subject} the same value in all rows, or no value: left out.",
            OTHER_VALUES,
            names,
        )
    ]


def _split_suggestions(table: Table, roles: Sequence[ColumnRole]) -> list[Problem]:
    """Suggest columns to split by, except times that the user declared categorical."""
    categories = {role.name for role in roles if role.role == "category"}
    return [
        Problem(
            f"{suggestion.kind}_column",
            f"Column '{suggestion.column}' looks like a {suggestion.kind}, with "
            f"{suggestion.values:,} values in {suggestion.rows:,} rows. {RISKS[suggestion.kind]}",
            f"Then split by it: --{suggestion.kind} {shlex.quote(suggestion.column)}",
            (suggestion.column,),
        )
        for suggestion in suggest_splits(table)
        if suggestion.kind == "group" or suggestion.column not in categories
    ]
