"""The last step of every reader: texts become numbers or categories, by one rule for all sources.

A file, a database and a data frame with the same texts give the same table. New rows are read by
the forms of the training rows, which the read options hold.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chainrule.data.amounts import Decimal
from chainrule.data.columns.task import MAX_NUMERIC_CLASSES
from chainrule.data.formatting import parse_number, pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import are_long, are_whole, assemble
from chainrule.data.reading.column_texts import ColumnTexts
from chainrule.data.reading.form_notes import notes_on_forms
from chainrule.data.reading.infer_form import (
    FileStyle,
    InDoubt,
    confirm_form,
    infer_form,
    shown_decimal,
)
from chainrule.data.reading.select_columns import declared_kind
from chainrule.data.reading.spellings import with_one_spelling
from chainrule.data.reading.text_profile import GROUP_OF_THREE, TextProfile
from chainrule.data.table import COUNTING, Column, RowLocations, Table
from chainrule.data.value_form import TEXT, ValueForm
from chainrule.errors import InputError, refuse

DOUBTS_SHOWN = 10
MIN_WHOLE_SHARE = 0.05

FetchTexts = Callable[[str], NDArray[np.object_]]


def interpret(
    source: str,
    columns: Sequence[Column],
    options: ReadOptions,
    *,
    fixed: Collection[str] = (),
    plain: Collection[str] = (),
    delimiter: str | None = None,
    texts_of: FetchTexts | None = None,
    row_locations: RowLocations | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Return the table of the columns of a source.

    A column that is in doubt is refused; where errors are collected, it keeps its texts.
    Args:
        source: the name of the file.
        columns: all columns, including the target: numbers, or texts as they are written.
        options: by which they are read.
        fixed: columns of a type for categories, whose texts are no numbers.
        plain: columns of numbers that are texts in the source.
        delimiter: between the values of a CSV file; None for another source.
        texts_of: returns the texts of a column of numbers by its name, (rows,).
        row_locations: the file of each row, if there are several files.
        notes: on the file so far.
    Raises:
        InputError: the target is missing in all rows, a number is infinite, or what the texts of a
            column mean is in doubt.
    """
    texts = {c.name: ColumnTexts.of(c, options) for c in columns if c.kind == "category"}
    free = [name for name in texts if name not in (*fixed, *options.read_as_text)]
    shown = shown_decimal([texts[name].profile for name in free])
    if shown == "," and options.decimal is None and texts_of is not None:
        # A point may stand between thousands in this file.
        for column in columns:
            if column.name in plain and not are_whole(column.values):
                as_written = Column(column.name, texts_of(column.name))
                texts[column.name] = ColumnTexts.of(as_written, options)
                free.append(column.name)
    numbers = [c for c in columns if c.name in plain and c.name not in texts]
    if shown is None and any(_shows_points(column.values) for column in numbers):
        shown = "."
    style = FileStyle(options.decimal, shown, delimiter)
    forms = {
        name: choose_form(name, of_column.profile, options, style, free=name in free)
        for name, of_column in texts.items()
    }
    locations = row_locations or RowLocations(((source, len(columns[0]) if columns else 0),))
    doubts = {
        name: doubt_about(texts[name], form, locations)
        for name, form in forms.items()
        if isinstance(form, InDoubt)
    }
    refuse_doubts(doubts.values())
    sure = {name: TEXT if isinstance(form, InDoubt) else form for name, form in forms.items()}
    read = [
        _read_texts(texts[column.name], sure[column.name], options)
        if column.name in texts
        else _read_numbers(column, options)
        for column in columns
    ]
    refuse_doubts(_infinite(read, columns, locations, texts_of))
    read, spelled = with_one_spelling(read, options.target)
    for column in read:
        if column.kind == "category":
            sure[column.name] = TEXT
        elif column.declared != "date" and column.name in plain:
            sign = style.given or style.shown
            sure.setdefault(column.name, form_of_numbers(sign, column.values))
        elif column.declared != "date":
            sure.setdefault(column.name, ValueForm("number"))  # no text shows a decimal sign
    table = assemble(
        source,
        read,
        options.updated(forms=sure),
        [
            *notes,
            *notes_on_forms(source, texts, sure, style, options, free),
            *(f"{source}: {note}" for note in spelled),
            *_notes_on_points(source, numbers, sure, options, texts_of),
        ],
        row_locations,
    )
    return replace(table, in_doubt=frozenset(doubts))


def choose_form(
    name: str, profile: TextProfile, options: ReadOptions, style: FileStyle, *, free: bool
) -> ValueForm | InDoubt:
    """Return the form of a column of texts: that of the training data, or inferred.

    Args:
        name: of the column.
        profile: of its texts.
        options: with the forms of the training data, if there are any.
        style: of the file.
        free: whether the texts may be numbers.
    """
    learned = options.forms.get(name)
    if not free or (learned is not None and learned.kind == "text"):
        return TEXT
    if learned is not None:
        return confirm_form(name, learned, profile, style)
    is_number = options.role.get(name) == "number"
    is_target = name == options.target
    return infer_form(name, profile, style, is_target=is_target, is_number=is_number)


def form_of_numbers(shown: Decimal | None, values: NDArray[np.float64]) -> ValueForm:
    """Return the form of plain numbers, which show the decimal sign only if some are not whole.

    With three decimals and at most three digits before them, as 1.574 has, it may group thousands.
    """
    if are_whole(values):
        return ValueForm("number", shown)
    return ValueForm("number", ".", sure=shown is not None or _shows_points(values))


def _shows_points(values: NDArray[np.float64]) -> bool:
    """Return whether some plain numbers have decimals that are no group of three digits."""
    broken = values[np.isfinite(values) & (values != np.floor(values))]
    thousand = 1000 * np.abs(broken)
    may_group = (thousand >= 1000) & (thousand < 1e6) & (np.rint(thousand) == thousand)
    return not bool(may_group.all())


def _notes_on_points(
    source: str,
    columns: Sequence[Column],
    forms: Mapping[str, ValueForm],
    options: ReadOptions,
    texts_of: FetchTexts | None,
) -> list[str]:
    """Return notes on plain numbers whose points may stand between thousands.

    All that have a point have three digits behind it, and many others are whole and below 1000.
    """
    notes = []
    for column in columns:
        values = np.abs(column.values[np.isfinite(column.values)])
        is_whole = values == np.floor(values)
        if (
            options.decimal is not None
            or column.name in options.forms
            or forms[column.name].decimal != "."
            or _shows_points(values)
            or not MIN_WHOLE_SHARE <= is_whole.mean() < 1
            or (values[is_whole] >= 1000).any()
        ):
            continue
        # 1.5 is the same number as 1.500: only the texts show how many digits there are.
        written = [] if texts_of is None else texts_of(column.name).tolist()
        groups = [text.strip() for text in written if text is not None and "." in text]
        if not groups or not all(map(GROUP_OF_THREE.fullmatch, groups)):
            continue
        example = groups[0].lstrip("+-")
        notes.append(
            f"{source}: column '{column.name}': points are read as the decimal sign, such as "
            f"'{example}' as {example}; all such values have three digits behind it, and others "
            f"none, so if it groups thousands, as in {example.replace('.', '')}, use --decimal , "
            "for the file"
        )
    return notes


def _read_texts(texts: ColumnTexts, form: ValueForm, options: ReadOptions) -> Column:
    """Return a column of texts in that form."""
    if form.kind == "text":
        return texts.as_texts(declared_kind(options, texts.name))
    column = texts.as_numbers(form)
    is_target = texts.name == options.target
    if is_target and are_long(column.values) and len(texts.counts) <= MAX_NUMERIC_CLASSES:
        return texts.as_texts(declared_kind(options, texts.name))  # labels, of which none may merge
    if not is_target and not are_long(column.values):
        column = replace(column, texts=None)
    return _marked(column, options)


def _read_numbers(column: Column, options: ReadOptions) -> Column:
    """Return a column of numbers; as texts if it is named categorical, or was text in training.

    Dates by type need no text, however those of the training rows were written.
    """
    column = _marked(column, options)
    as_text = (
        options.names if column.declared == "date" else options.names | options.learned_as_text
    )
    if column.name not in as_text:
        return column
    return Column(column.name, column.categories(), declared=declared_kind(options, column.name))


def _marked(column: Column, options: ReadOptions) -> Column:
    """Return a column of numbers with NaN for those that mark a missing value, such as -999."""
    if column.declared == "date":
        return column
    marks = [number for text in options.missing if (number := parse_number(text)) is not None]
    marked = np.isin(column.values, marks)
    if not marked.any():
        return column
    texts = None if column.texts is None else column.texts.copy()
    if texts is not None:
        texts[marked] = None
    return replace(column, values=np.where(marked, np.nan, column.values), texts=texts)


class HasRows(Protocol):
    """The texts of a column, in memory or in a database."""

    @property
    def name(self) -> str:
        """The name of the column."""

    def first_row(self, text: str) -> int:
        """Return the index of the first row with a text."""


def doubt_about(texts: HasRows, doubt: InDoubt, locations: RowLocations) -> str:
    """Return the error about a column in doubt, with the location of its example."""
    where = locations.of(texts.first_row(doubt.example) + 1)
    return (
        f"{where}, column '{texts.name}': got '{doubt.example}', expected {doubt.expected}. "
        f"{doubt.remedy}"
    )


def refuse_doubts(doubts: Collection[str]) -> None:
    """Refuse data for all doubts at once, of which a long list is cut.

    Raises:
        InputError: there is a doubt.
    """
    if not doubts:
        return
    more = len(doubts) - DOUBTS_SHOWN
    rest = [f"{pluralised(more, 'more column')} like these."] if more > 0 else []
    refuse(InputError("\n".join([*list(doubts)[:DOUBTS_SHOWN], *rest, COUNTING])))


def _infinite(
    read: Sequence[Column],
    columns: Sequence[Column],
    locations: RowLocations,
    texts_of: FetchTexts | None,
) -> list[str]:
    """Return the error about each column with an infinite number."""
    errors = []
    for column, written in zip(read, columns, strict=True):
        if column.kind == "category" or not np.isinf(column.values).any():
            continue
        row = int(np.argmax(np.isinf(column.values)))
        is_plain = texts_of is not None and written.kind == "number"
        texts = texts_of(column.name) if is_plain and texts_of else written.values
        text = str(texts[row]).strip()
        errors.append(
            f"{locations.of(row + 1)}, column '{column.name}': got '{text}', expected a finite "
            f"number. Read it as missing with --missing {shlex.quote(text)}, or correct the value."
        )
    return errors
