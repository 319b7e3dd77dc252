"""Preparation of each column of a table by its role: fit, transform, and load from JSON."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import isabstract
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.columns.sample_weights import row_counts, weights_of
from chainrule.data.columns.text import parse_yes_no
from chainrule.data.formatting import quoted_list
from chainrule.data.preparation.dates import Dates
from chainrule.data.preparation.encoding import ENCODINGS, Categories
from chainrule.data.preparation.json_fields import stored_class
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import SCALINGS, Scaling
from chainrule.data.preparation.yes_no import YesNo
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Role
from chainrule.errors import InputError

FittedColumn: TypeAlias = Numbers | Dates | YesNo | Categories

# By the kind in JSON. An abstract encoding, such as auto, creates one of the others.
KINDS: dict[str, type[FittedColumn]] = {
    "number": Numbers,
    "date": Dates,
    "yes_no": YesNo,
    **{name: kind for name, kind in sorted(ENCODINGS.items()) if not isabstract(kind)},
}


def fit_columns(
    training: Table,
    roles: Sequence[ColumnRole],
    scaling: str,
    encoding: str,
    weights: NDArray[np.float64] | None = None,
) -> tuple[tuple[FittedColumn, ...], tuple[str, ...]]:
    """Fit the preparation of each column that is used, and return notes on all columns.

    Args:
        training: the training rows.
        roles: of the columns, in their order.
        scaling: of numbers, by name.
        encoding: of categories, by name.
        weights: of the rows, (rows,), as numbers of rows; None if all are 1.
    Raises:
        InputError: no column is left, or the values of one do not fit the role set by the user.
    """
    columns: list[FittedColumn] = []
    notes = _notes_on_left_out(roles)
    for column, role in zip(training.columns, roles, strict=True):
        fitted = fit_column(
            column,
            role.role,
            training,
            SCALINGS[scaling],
            ENCODINGS[encoding],
            weights,
            date_forms=role.date_forms,
        )
        if fitted is None:
            continue
        columns.append(fitted)
        if role.doubt:
            notes.append(f"column '{role.name}': {role.doubt}. {role.remedy}")
        elif role.reading:
            notes.append(f"column '{role.name}' is {role.reading}")
        notes += [fitted.note] if fitted.note else []
        if isinstance(fitted, Dates):
            notes += fitted.notes_on_unreadable(column)
    if not columns:
        raise InputError(
            f"{training.source}: got no column that can be used, expected one of "
            f"numbers, categories or dates. {'; '.join(notes)}. Add such a column."
        )
    return tuple(columns), tuple(f"{training.source}: {note}" for note in notes)


def fit_column(
    column: Column,
    role: Role,
    table: Table,
    scaling: type[Scaling],
    encoding: type[Categories],
    weights: NDArray[np.float64] | None = None,
    *,
    date_forms: Sequence[str] = (),
) -> FittedColumn | None:
    """Fit the preparation of a column by its role; None where the column is left out.

    Args:
        column: of the training rows.
        role: of the column.
        table: of the column.
        scaling: of numbers.
        encoding: of categories.
        weights: as of `fit_columns`.
        date_forms: in which dates are written; by default inferred from the column.
    Raises:
        InputError: its values do not fit the role.
    """
    match role:
        case "number":
            return Numbers.fit(column.name, table.numbers(column), scaling, weights)
        case "category":
            return encoding.fit(column.name, column.categories(), scaling, column.levels, weights)
        case "yes_no" if column.kind == "number":
            # 0 and 1 are one feature already, and other numbers may follow in a later file.
            return Numbers.fit(column.name, table.numbers(column), scaling, weights)
        case "yes_no":
            return _fit_yes_no(column)
        case "date":
            return Dates.fit(column, scaling, weights, date_forms)
        case "identifier" | "constant" | "text":
            return None
        case _:
            assert_never(role)


def update_column(fitted: FittedColumn, table: Table, share: float) -> FittedColumn:
    """Return the preparation of a column fitted on further rows, too; categories stay.

    Args:
        fitted: the preparation so far.
        table: further training rows.
        share: their share of all training rows so far.
    """
    column, weights = table.column(fitted.name), row_counts(weights_of(table))
    match fitted:
        case Numbers():
            return fitted.updated(table.numbers(column), share, weights)
        case Dates():
            return fitted.updated(column, share, weights)
        case YesNo() | Categories():
            return fitted
        case _:
            assert_never(fitted)


def transform_column(fitted: FittedColumn, table: Table) -> NDArray[np.float32]:
    """Return the features of the column in a table, (rows, features).

    Raises:
        InputError: the column does not exist, or it has text and was numeric in training.
    """
    column = table.column(fitted.name)
    match fitted:
        case Numbers():
            return fitted.transform(table.numbers(column))
        case Dates():
            return fitted.transform(column, _set_forms(fitted, table))
        case YesNo() | Categories():
            return fitted.transform(column.categories())
        case _:
            assert_never(fitted)


def note_on(fitted: FittedColumn, table: Table) -> str | None:
    """Return a note on the column in a table that it was not fitted on, or None."""
    column = table.column(fitted.name)
    match fitted:
        case Numbers():
            return fitted.note_on(table.numbers(column))
        case Dates():
            return "; ".join(fitted.notes_on(column, _set_forms(fitted, table))) or None
        case YesNo() | Categories():
            return fitted.note_on(column.categories())
        case _:
            assert_never(fitted)


def check_known(fitted: Categories | YesNo, table: Table) -> None:
    """Check that not all of many values are unknown.

    Raises:
        InputError: there are 10 values or more, and none was seen in training, or is yes or no.
    """
    values = table.column(fitted.name).categories()
    if not fitted.are_unknown(values):
        return
    example = next(value for value in values if value is not None)
    if isinstance(fitted, YesNo):
        got, expected = "is yes or no", quoted_list(fitted.words or ("yes", "no"))
    else:
        got, expected = "was seen in training", f"some of {quoted_list(fitted.categories, most=5)}"
    raise InputError(
        f"{table.source}, column '{fitted.name}': got '{example}' and other values of which none "
        f"{got}, expected {expected}. Write them as in the training data, or leave them empty if "
        "they are unknown."
    )


def _set_forms(fitted: Dates, table: Table) -> tuple[str, ...]:
    """Return the forms of the dates of a table: those that the user set, or those of training."""
    form = table.read_options.date_form.get(fitted.name)
    return fitted.forms if form is None or form in fitted.forms else (form,)


def column_from_json(value: object) -> FittedColumn:
    """Create from the output of `as_json`.

    Raises:
        InputError: the kind is unknown, or a field is missing, unknown or of another type.
    """
    return stored_class("column", value, KINDS).from_json(value)


def _fit_yes_no(column: Column) -> YesNo:
    for text in column.values:
        if text is not None and parse_yes_no(text) is None:
            raise InputError(
                f"column '{column.name}': got '{text}', expected yes or no, true or false, 1 or 0, "
                f"as its role requires. Use --role '{column.name}=category', or write yes and no."
            )
    return YesNo.fit(column.name, column.values)


def _notes_on_left_out(roles: Sequence[ColumnRole]) -> list[str]:
    """Return a note for each reason and remedy, with all columns that are left out for it."""
    alike: dict[tuple[str, str], list[str]] = {}
    for role in roles:
        if role.left_out:
            alike.setdefault((role.reason, role.remedy), []).append(role.name)
    return [
        f"column '{names[0]}' is left out, as {reason}. {remedy}".rstrip(". ")
        if len(names) == 1
        else f"each of the columns {quoted_list(names)} is left out, as {reason}. {remedy}".rstrip(
            ". "
        )
        for (reason, remedy), names in alike.items()
    ]
