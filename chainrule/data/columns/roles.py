"""Column roles, inferred from the values, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.dates import DateReading, infer_dates
from chainrule.data.columns.identifiers import identifier_reason, is_sequence
from chainrule.data.columns.structured_text import structure_of
from chainrule.data.columns.text import (
    MIN_CATEGORY_ROWS,
    MIN_CATEGORY_SHARE,
    are_yes_and_no,
    frequent_categories,
)
from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import parse_number
from chainrule.data.table import Column, Table, unknown_column
from chainrule.data.vocabulary import LEFT_OUT, Role, drop_option, role_option
from chainrule.errors import InputError, refuse

MAX_SMALL_CARDINALITY = 20  # up to this many distinct texts are categories even if all differ
MIN_WORDS_OF_TEXT = 5
OTHER_VALUES = "Check the file if you expected different values."


@dataclass(frozen=True)
class ColumnRole:
    """The role of a column.

    Attributes:
        name: of the column.
        role: one of `Role`.
        reason: why it has that role, as a clause that follows "as".
        doubt: what the user should check, or an empty text.
        remedy: what to do if the doubt is justified, or what would bring in a column that is left
            out, as a sentence; empty if there is neither.
        reading: how dates are read, as a clause that follows "is", or an empty text.
        date_forms: in which dates are written, see `DateReading`.
    """

    name: str
    role: Role
    reason: str
    doubt: str = ""
    remedy: str = ""
    reading: str = ""
    date_forms: tuple[str, ...] = ()

    @property
    def left_out(self) -> bool:
        """Whether the column is excluded from the features."""
        return self.role in LEFT_OUT


def infer_roles(
    table: Table,
    overrides: Mapping[str, Role] | None = None,
    training: NDArray[np.int64] | None = None,
) -> tuple[ColumnRole, ...]:
    """Infer the role of each column, in the order of the table; the target has none.

    All rows decide it, so that it is the same for each split, and what `inspect` shows: a role says
    how values are read, like the type of the column, and uses no target.
    Args:
        table: all rows that have a target.
        overrides: roles set by the user, by column; they take precedence. Columns that are no
            longer in the table, such as a group, are ignored (see `check_roles`).
        training: indices of the training rows; a column without a value in them is left out. None
            for all rows.
    Raises:
        InputError: a column has the role or the form of dates, and values that do not fit.
    """
    overrides = overrides or {}
    forms = table.read_options.date_form
    roles = []
    for column in table.columns:
        if column.missing.all() or column.name not in overrides:
            role = infer_role(column)
        else:
            role = _set_role(column, overrides[column.name], forms.get(column.name))
        if training is not None and not role.left_out and column.missing[training].all():
            role = ColumnRole(column.name, "constant", "it has no value in the training rows")
        roles.append(role)
    return tuple(roles)


def _set_role(column: Column, role: Role, form: str | None) -> ColumnRole:
    """Return the role that the user set."""
    reason = f"you set its role to {role}" if form is None else "you named the form of its dates"
    reading = infer_dates(column, form, min_share=0) if role == "date" else None
    return (
        ColumnRole(column.name, role, reason)
        if reading is None
        else _dates(column.name, reason, reading)
    )


def check_roles(data: Dataset) -> None:
    """Check that every column with a role or a form of dates exists; the target counts as one.

    Raises:
        InputError: the column does not exist (the nearest is suggested), the data are pictures, or
            a column with a form of dates has another role.
    """
    roles = data.read_options.roles
    for name in data.read_options.date_form:
        if (role := data.read_options.role.get(name, "date")) != "date":
            raise InputError(
                f"{data.source}: got the role {role} and a form of dates for the column '{name}', "
                "expected one of them. Leave out --role or --date-form."
            )
    if isinstance(data, Images):
        if roles:
            raise InputError(
                f"{data.source}: got a role of the column '{min(roles)}' for pictures, which have "
                "no columns; expected a table. Leave it out."
            )
        return
    columns = data.columns if data.target is None else (*data.columns, data.target)
    names = [column.name for column in columns]
    for name in roles:
        if name not in names:
            refuse(unknown_column(data.source, "column of a role", name, names))


def notes_on_dates(source: str, roles: Sequence[ColumnRole]) -> list[str]:
    """Return a note on how the dates of each column are read, if neither plain nor in doubt."""
    return [
        f"{source}: column '{role.name}' is {role.reading}"
        for role in roles
        if role.reading and not role.doubt
    ]


def infer_role(column: Column) -> ColumnRole:
    """Infer the role of a column from its values.

    - constant: no value, or the same value in all rows.
    - date: dates and times, by their type, as text by `infer_dates`, or as numbers of eight
      digits.
    - yes_no: yes and no, true and false, 1 and 0, in several languages.
    - identifier: whole numbers, most of them distinct, in a column with a name such as customer_id
      or with many digits, by `identifier_reason`; or texts of which most are distinct, or all rare.
      It identifies single rows, so a network would overfit to it.
    - text: mostly distinct texts of five words or more.
    - category: any other text, and any column that the user declared categorical.
    - number: any other numbers, even if few are distinct.
    """
    if column.missing.all():
        return ColumnRole(column.name, "constant", "it has no value", remedy=OTHER_VALUES)
    if not column.missing.any() and (column.values == column.values[0]).all():
        reason = "it has one value in all rows"
        return ColumnRole(column.name, "constant", reason, remedy=OTHER_VALUES)
    if column.declared == "category":
        return ColumnRole(column.name, "category", "you named it categorical")
    if column.declared == "date":
        return ColumnRole(column.name, "date", "its type is one of dates")
    if reading := infer_dates(column):
        return _dates(column.name, "its values are dates or times", reading)
    if column.kind == "number":
        return _role_of_numbers(column.name, column.values[~column.missing])
    return _role_of_texts(column.name, Counter(text for text in column.values if text is not None))


def _role_of_numbers(name: str, values: NDArray[np.float64]) -> ColumnRole:
    if np.isin(values, (0, 1)).all() and len(np.unique(values)) == 2:
        return ColumnRole(name, "yes_no", "its numbers are 0 and 1")
    if reason := identifier_reason(name, values):
        remedy = f"If it is a quantity: {role_option(name, 'number')}"
        return ColumnRole(name, "identifier", reason, remedy=remedy)
    reason = "its values are numbers"
    if not is_sequence(values):
        return ColumnRole(name, "number", reason)
    doubt = (
        f"it has a different whole number in each row, from {values.min():.0f} to "
        f"{values.max():.0f}, as if it counted the rows; it is used as a number"
    )
    return ColumnRole(
        name, "number", reason, doubt, f"If it is not a quantity, leave it out: {drop_option(name)}"
    )


def _role_of_texts(name: str, counts: Counter[str]) -> ColumnRole:
    rows = counts.total()
    if are_yes_and_no(counts):
        return ColumnRole(name, "yes_no", "its values are yes and no")
    remedy = _remedy_for_texts(name, counts)
    if len(counts) > MAX_SMALL_CARDINALITY and 2 * len(counts) > rows:
        if median(len(text.split()) for text in counts) >= MIN_WORDS_OF_TEXT:
            reason = "most of its values are different, and have many words, like free text"
            return ColumnRole(name, "text", reason, remedy=remedy)
        reason = "most of its values are different, like names"
        return ColumnRole(name, "identifier", reason, remedy=remedy)
    if not frequent_categories(counts):
        reason = (
            f"none of its {len(counts):,} values is in {MIN_CATEGORY_ROWS} rows or more, like names"
        )
        return ColumnRole(name, "identifier", reason, remedy=remedy)
    return ColumnRole(name, "category", "its values are text")


def _remedy_for_texts(name: str, counts: Counter[str]) -> str:
    """Return what would bring in a column of texts that is left out."""
    if all(parse_number(text) is not None for text in counts):
        return f"If its numbers are quantities and not codes: {role_option(name, 'number')}"
    if structure := structure_of(counts):
        return f"Its values are {structure.name}. {structure.remedy}."
    if frequent := _sure_categories(counts):
        values = f"value, '{frequent[0]}', tells"
        if len(frequent) > 1:
            values = f"{len(frequent):,} values, such as '{frequent[0]}', tell"
        option = role_option(name, "category")
        return f"If its most frequent {values} something: {option}"
    return (
        "Each value is in too few rows to learn it: put what the values have in common into a "
        "column of its own, such as the title of a name."
    )


def _sure_categories(counts: Counter[str]) -> list[str]:
    """Return the categories with so many rows that they are not rare in a part of them either."""
    least = max(2, 2 * min(MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE * counts.total()))
    return [category for category in frequent_categories(counts) if counts[category] >= least]


def _dates(name: str, reason: str, reading: DateReading) -> ColumnRole:
    if reading.description:
        reason = f"{reason}, {reading.description}"
    remedy = f"{reading.remedy}." if reading.remedy else ""
    return ColumnRole(
        name, "date", reason, reading.doubt, remedy, reading.description, reading.forms
    )
