"""Column roles, inferred from the values, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.dates import infer_date_order
from chainrule.data.columns.text import (
    MIN_CATEGORY_ROWS,
    frequent_categories,
    name_words,
    parse_yes_no,
)
from chainrule.data.dataset import Dataset, Images
from chainrule.data.table import Column, Table, unknown_column
from chainrule.data.vocabulary import LEFT_OUT, Role
from chainrule.errors import InputError

MAX_SMALL_CARDINALITY = 20  # up to this many distinct texts are categories even if all differ
MIN_WORDS_OF_TEXT = 5
IDENTIFIER_WORDS = frozenset(
    ("id", "ids", "idx", "index", "row", "rownames", "uuid", "guid", "unnamed", "번호", "순번")
)


@dataclass(frozen=True)
class ColumnRole:
    """The role of a column.

    Attributes:
        name: of the column.
        role: one of `Role`.
        reason: why it has that role, as a clause that follows "as".
        doubt: what the user should check, or an empty text.
        remedy: what to do if the doubt is justified.
    """

    name: str
    role: Role
    reason: str
    doubt: str = ""
    remedy: str = ""

    @property
    def left_out(self) -> bool:
        """Whether the column is excluded from the features."""
        return self.role in LEFT_OUT


def infer_roles(
    table: Table, overrides: Mapping[str, Role] | None = None
) -> tuple[ColumnRole, ...]:
    """Infer the role of each column, in the order of the table; the target has none.

    Args:
        table: the training rows; other rows must not influence the roles.
        overrides: roles set by the user, by column; they take precedence. Columns that are no
            longer in the table, such as a group, are ignored (see `check_roles`).
    """
    overrides = overrides or {}
    return tuple(
        ColumnRole(
            column.name, overrides[column.name], f"you set its role to {overrides[column.name]}"
        )
        if column.name in overrides and not column.missing.all()
        else infer_role(column)
        for column in table.columns
    )


def check_roles(data: Dataset, roles: Mapping[str, Role]) -> None:
    """Check that every column with a role exists; the target counts as a column.

    Raises:
        InputError: the column does not exist (the nearest is suggested), or the data are pictures.
    """
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
            raise unknown_column(data.source, "column of a role", name, names)


def infer_role(column: Column) -> ColumnRole:
    """Infer the role of a column from its values.

    - constant: no value, or the same value in all rows.
    - date: dates and times, by their type, or as text by `infer_date_order`.
    - yes_no: yes and no, true and false, 1 and 0, in several languages.
    - identifier: distinct whole numbers in sequence with few gaps, in a column with a name such as
      customer_id; or texts of which most are distinct, or all rare. It identifies single rows, so a
      network would overfit to it.
    - text: mostly distinct texts of five words or more.
    - category: any other text, and any column that the user declared categorical.
    - number: any other numbers, even if few are distinct.
    """
    if column.missing.all():
        return ColumnRole(column.name, "constant", "it has no value")
    if not column.missing.any() and (column.values == column.values[0]).all():
        return ColumnRole(column.name, "constant", "it has one value in all rows")
    if column.declared == "category":
        return ColumnRole(column.name, "category", "you named it categorical")
    if column.declared == "date":
        return ColumnRole(column.name, "date", "its type is one of dates")
    if column.kind == "number":
        return _role_of_numbers(column.name, column.values[~column.missing])
    return _role_of_texts(column.name, Counter(text for text in column.values if text is not None))


def _role_of_numbers(name: str, values: NDArray[np.float64]) -> ColumnRole:
    if np.isin(values, (0, 1)).all() and len(np.unique(values)) == 2:
        return ColumnRole(name, "yes_no", "its numbers are 0 and 1")
    if is_sequence(values) and _named_like_an_identifier(name):
        reason = "it counts the rows: whole numbers in sequence, all different"
        return ColumnRole(name, "identifier", reason)
    return ColumnRole(name, "number", "its values are numbers")


def _role_of_texts(name: str, counts: Counter[str]) -> ColumnRole:
    rows = counts.total()
    if {parse_yes_no(text) for text in counts} == {True, False}:
        return ColumnRole(name, "yes_no", "its values are yes and no")
    if order := infer_date_order(counts):
        return _role_of_dates(name, sure=order[1])
    if len(counts) > MAX_SMALL_CARDINALITY and 2 * len(counts) > rows:
        if median(len(text.split()) for text in counts) >= MIN_WORDS_OF_TEXT:
            reason = "most of its values are different, and have many words, like free text"
            return ColumnRole(name, "text", reason)
        return ColumnRole(name, "identifier", "most of its values are different, like names")
    if not frequent_categories(counts):
        reason = (
            f"none of its {len(counts):,} values is in {MIN_CATEGORY_ROWS} rows or more, like names"
        )
        return ColumnRole(name, "identifier", reason)
    return ColumnRole(name, "category", "its values are text")


def _role_of_dates(name: str, sure: bool) -> ColumnRole:
    reason = "its values are dates or times"
    if sure:
        return ColumnRole(name, "date", reason)
    doubt = (
        "no value shows whether the day or the month comes first, so they are read as "
        "month/day/year"
    )
    remedy = "If that is wrong, write the dates as year-month-day"
    return ColumnRole(name, "date", reason, doubt, remedy)


def is_sequence(values: NDArray[np.float64]) -> bool:
    """Return whether there are over 20 distinct whole numbers that fill half of their range.

    Half of it, as the training rows of a numbered table have gaps.
    """
    return bool(
        len(values) > MAX_SMALL_CARDINALITY
        and (values == np.floor(values)).all()
        and len(np.unique(values)) == len(values)
        and len(values) > values.max() / 2 - values.min() / 2  # the whole range may be no float
    )


def _named_like_an_identifier(name: str) -> bool:
    """Return whether a word of the name means an id: 'PassengerId', 'customer_id', 'Unnamed: 0'."""
    return not name.strip() or not IDENTIFIER_WORDS.isdisjoint(name_words(name))
