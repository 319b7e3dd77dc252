"""Values of a table that was read without the read options of a model, as these would read them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.formatting import parse_number
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table
from chainrule.data.value_form import ValueForm
from chainrule.errors import InputError


def as_learned(table: Table, options: ReadOptions) -> Table:
    """Return the table with the values that the read options of a model give.

    Texts are read in the form of the training data, and marks of missing values are missing, unless
    the table was read with marks of its own. What was already lost in reading is an error.
    Args:
        table: read with these options or with others.
        options: of the model.
    Raises:
        InputError: a column was read with another decimal sign that none of its texts shows.
    """
    if table.read_options.forms == options.forms and table.read_options.missing == options.missing:
        return table
    marks_are_given = "missing" in table.read_options.explicit()
    return replace(
        table,
        columns=tuple(
            _column(table, column, options, with_marks=not marks_are_given)
            for column in table.columns
        ),
    )


def _column(table: Table, column: Column, options: ReadOptions, *, with_marks: bool) -> Column:
    learned = options.forms.get(column.name)
    if learned is not None and learned.kind == "number":
        _check_decimal(table, column.name, learned)
        if column.kind == "category":
            column = _as_numbers(column, learned)
    return _without_marks(column, options) if with_marks and options.missing else column


def _check_decimal(table: Table, name: str, learned: ValueForm) -> None:
    read = table.read_options.forms.get(name)
    if read is not None and not read.sure and learned.decimal not in (None, read.decimal):
        raise InputError(
            f"{table.source}, column '{name}': got numbers of which no text shows the decimal "
            f"sign, and which were read with '{read.decimal}', expected '{learned.decimal}' as in "
            "the training data. Give the file to evaluate or predict, or say which it is, as by "
            f"read(..., decimal='{learned.decimal}')."
        )


def _as_numbers(column: Column, form: ValueForm) -> Column:
    """Return texts as numbers, if all of them are; otherwise the column itself."""
    numbers = {text: form.number(text) for text in set(column.values.tolist()) - {None}}
    if None in numbers.values():
        return column
    values = [np.nan if text is None else numbers[text] for text in column.values.tolist()]
    return Column(column.name, np.array(values, np.float64))


def _without_marks(column: Column, options: ReadOptions) -> Column:
    """Return the column without the values that mark missing ones in the options of a model."""
    if column.declared == "date":
        return column
    if column.kind == "category":
        marks = options.missing_texts_of(column.name)
        values = column.values.copy()
        values[np.isin(values.astype(str), marks)] = None
        return replace(column, values=values)
    numbers = [number for text in options.missing if (number := parse_number(text)) is not None]
    return replace(column, values=np.where(np.isin(column.values, numbers), np.nan, column.values))
