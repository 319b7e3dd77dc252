"""Roles: what a column is to learning, found from its values, each with its reason."""

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
from chainrule.data.columns.vocabulary import LEFT_OUT, Role
from chainrule.data.dataset import Dataset, Images
from chainrule.data.table import Column, Table, unknown_column
from chainrule.errors import InputError

MAX_SMALL_CARDINALITY = 20  # so many distinct texts are categories even if each appears once
MIN_WORDS_OF_TEXT = 5
IDENTIFIER_WORDS = frozenset(
    ("id", "ids", "idx", "index", "row", "rownames", "uuid", "guid", "unnamed", "번호", "순번")
)


@dataclass(frozen=True)
class ColumnRole:
    """The role of a column.

    Attributes:
        name: of the column.
        role: that it has.
        reason: why, in words that go on after "as".
        doubt: what a person should check, or nothing.
        remedy: what to do where it is not as it should be.
    """

    name: str
    role: Role
    reason: str
    doubt: str = ""
    remedy: str = ""

    @property
    def left_out(self) -> bool:
        """Whether nothing is learned from it."""
        return self.role in LEFT_OUT


def infer_roles(table: Table, given: Mapping[str, Role] | None = None) -> tuple[ColumnRole, ...]:
    """The role of each column of a table, in their order; the target is not among them.

    Args:
        table: of the training rows: what the others hold changes nothing.
        given: roles that a person said, by column. They win; those of columns that are not among
            the table's, as they were set apart before, are not looked at (see `check_roles`).
    """
    given = given or {}
    return tuple(
        ColumnRole(column.name, given[column.name], f"you gave it the role {given[column.name]}")
        if column.name in given and not column.missing.all()
        else infer_role(column)
        for column in table.columns
    )


def check_roles(data: Dataset, given: Mapping[str, Role]) -> None:
    """Refuse a role for a column that the data do not have; the target counts as one.

    Raises:
        InputError: there is no such column, with the nearest, or the data are pictures.
    """
    if isinstance(data, Images):
        if given:
            raise InputError(
                f"{data.source}: got a role of the column '{min(given)}' for pictures, which have "
                "no columns; expected a table. Leave it out."
            )
        return
    columns = data.columns if data.target is None else (*data.columns, data.target)
    names = [column.name for column in columns]
    for name in given:
        if name not in names:
            raise unknown_column(data.source, "column of a role", name, names)


def infer_role(column: Column) -> ColumnRole:
    """The role that the values of a column speak for.

    - constant: there is no value, or one in all rows.
    - date: dates and times, by their type, or as text by `infer_date_order`.
    - yes_no: yes and no, true and false, 1 and 0, in some languages.
    - identifier: whole numbers, all different, that make a sequence with few gaps in a column that
      is named like one, such as customer_id; or texts of which most are different, or all rare.
      It tells rows apart, and a network would learn the training rows by heart from it.
    - text: the same, if the texts have five words or more.
    - category: any other text, and whatever was read as such because a person said so.
    - number: any other number, also if there are few distinct ones.
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
        return _of_numbers(column.name, column.values[~column.missing])
    return _of_texts(column.name, Counter(text for text in column.values if text is not None))


def _of_numbers(name: str, values: NDArray[np.float64]) -> ColumnRole:
    if np.isin(values, (0, 1)).all() and len(np.unique(values)) == 2:
        return ColumnRole(name, "yes_no", "its numbers are 0 and 1")
    if is_sequence(values) and _named_like_an_identifier(name):
        reason = "it counts the rows: whole numbers in sequence, all different"
        return ColumnRole(name, "identifier", reason)
    return ColumnRole(name, "number", "its values are numbers")


def _of_texts(name: str, counts: Counter[str]) -> ColumnRole:
    rows = counts.total()
    if {parse_yes_no(text) for text in counts} == {True, False}:
        return ColumnRole(name, "yes_no", "its values say yes and no")
    if order := infer_date_order(counts):
        return _of_dates(name, *order)
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


def _of_dates(name: str, order: str, sure: bool) -> ColumnRole:
    reason = "its values are dates or times"
    if sure:
        return ColumnRole(name, "date", reason)
    doubt = (
        "no value tells whether the day or the month comes first, so they are read as "
        "month/day/year"
    )
    remedy = "If that is wrong, write the dates as year-month-day"
    return ColumnRole(name, "date", reason, doubt, remedy)


def is_sequence(values: NDArray[np.float64]) -> bool:
    """Whether more than 20 numbers are whole, all different, and half of those in their range.

    Not all of them, as the training rows of a table that counts its rows have gaps.
    """
    return bool(
        len(values) > MAX_SMALL_CARDINALITY
        and (values == np.floor(values)).all()
        and len(np.unique(values)) == len(values)
        and len(values) > values.max() / 2 - values.min() / 2  # the whole range may be no float
    )


def _named_like_an_identifier(name: str) -> bool:
    """Whether a word of the name says so, as in 'PassengerId', 'customer_id' or 'Unnamed: 0'."""
    return not name.strip() or not IDENTIFIER_WORDS.isdisjoint(name_words(name))
