"""Notes on how the texts of columns were read, where that is not plain."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from chainrule.data.formatting import format_number, pluralised, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.infer_form import FileStyle
from chainrule.data.reading.text_profile import TextProfile
from chainrule.data.value_form import TEXT, ValueForm

COLUMNS_NAMED = 5
SIGNED_DIGITS = re.compile(r"[+-]?[\d.,]+([eE][+-]?\d+)?", re.ASCII)


class HasProfile(Protocol):
    """The texts of a column, in memory or in a database."""

    @property
    def name(self) -> str:
        """The name of the column."""

    @property
    def profile(self) -> TextProfile:
        """What the texts could mean."""

    @property
    def marks(self) -> Counter[str]:
        """The number of rows of each mark of a missing value; empty texts are none."""


@dataclass(frozen=True)
class _Read:
    """A column with its form."""

    texts: HasProfile
    form: ValueForm
    style: FileStyle


def notes_on_forms(
    source: str,
    texts: Mapping[str, HasProfile],
    forms: Mapping[str, ValueForm],
    style: FileStyle,
    options: ReadOptions,
    free: Collection[str],
) -> list[str]:
    """Return notes on columns of other than plain numbers and words, each with an example.

    Args:
        source: the name of the file.
        texts: of the columns, by name.
        forms: of these columns.
        style: of the file.
        options: by which they were read.
        free: columns whose form was inferred from their texts.
    """
    columns: dict[str, list[str]] = {}  # by what is said of them
    for name, column in texts.items():
        for note in _notes(_Read(column, forms[name], style), options, is_free=name in free):
            columns.setdefault(note, []).append(name)
    return [
        f"{source}: column{'' if len(names) == 1 else 's'} "
        f"{quoted_list(names, most=COLUMNS_NAMED)}: {note}"
        for note, names in columns.items()
    ]


def _notes(column: _Read, options: ReadOptions, *, is_free: bool) -> list[str]:
    if column.form == TEXT:
        if column.texts.name in options.forms:
            return []  # told in training
        on_codes = _note_on_codes(column) if is_free else []
        return [*on_codes, *_note_on_marks(column, options)]
    profile = column.texts.profile
    notes = [*_note_on_signs(column, options), *_note_on_writing(column)]
    if profile.limits:
        notes.append(
            f"{pluralised(profile.limits, 'value')} such as '{profile.example('limits')}' "
            f"{'is a limit' if profile.limits == 1 else 'are limits'}, and read as the limit"
        )
    if profile.marks:
        count = pluralised(profile.marks, "value")
        verb = "is" if profile.marks == 1 else "are"
        notes.append(f"{count} such as '{profile.example('marks')}' {verb} read as missing")
    name = column.texts.name
    if profile.zeros and name not in options.forms and options.role.get(name) != "number":
        count = pluralised(profile.zeros, "value")
        verbs = (
            "begins with 0, and is read as a number"
            if profile.zeros == 1
            else "begin with 0, and are read as numbers"
        )
        notes.append(
            f"{count} such as '{profile.example('zeros')}' {verbs}; if these are codes: "
            f"--categorical {shlex.quote(name)}"
        )
    return notes


def _note_on_codes(column: _Read) -> list[str]:
    """Return a note on texts of digits that are read as codes."""
    profile, name = column.texts.profile, column.texts.name
    if profile.zeros and not profile.others:
        reason = f"'{profile.example('zeros')}' begins with 0"
    elif profile.exponents and profile.exponents == profile.rows - profile.marks:
        reason = f"'{profile.example('exponents')}' is no usual way to write a number"
    else:
        return []
    return [
        f"its values are read as codes and not as numbers, as {reason}; if they are numbers: "
        f"--role {shlex.quote(name + '=number')}"
    ]


def _note_on_marks(column: _Read, options: ReadOptions) -> list[str]:
    """Return a note on texts that are read as missing and might be values, such as NA."""
    marks = [mark for mark in column.texts.marks if mark not in options.missing]
    if not marks:
        return []
    verb = "is" if len(marks) == 1 else "are"
    return [
        f"{quoted_list(marks)} {verb} read as missing; if that is a value, keep it by "
        "--keep-missing with the name of the column"
    ]


def _note_on_signs(column: _Read, options: ReadOptions) -> list[str]:
    """Return a note on the signs before decimals and between thousands."""
    profile, form = column.texts.profile, column.form
    learned = options.forms.get(column.texts.name)
    if learned is not None and learned.decimal not in (None, form.decimal):
        return [
            f"'{form.decimal}' is read as the decimal sign, unlike '{learned.decimal}' in training"
        ]
    if learned is not None and learned.decimal is not None and not profile.points:
        return []  # told in training
    if form.decimal == "," and profile.commas:
        sure = profile.sure[","] or column.style.given or column.style.shown
        doubt = "" if sure else "; say --decimal . if it groups thousands"
        return [f"the comma is read as the decimal sign{doubt}"]
    if form.decimal == "," and (profile.either["."] or profile.points):
        reason = "" if profile.sure[","] else ", as the comma is the decimal sign"
        return [f"points are read as groups of thousands{reason}"]
    if form.decimal == "." and profile.commas:
        sure = profile.sure["."] or column.style.given or column.style.shown
        doubt = "" if sure else "; say --decimal , if they stand before decimals"
        return [f"commas are read as groups of thousands{doubt}"]
    return []


def _note_on_writing(column: _Read) -> list[str]:
    """Return a note on units, factors and other signs around numbers."""
    profile, form = column.texts.profile, column.form
    for text in profile.examples.get("decorated", []):
        amount = form.amount(text)
        number = form.number(text)
        if amount is None or number is None or amount.limit:
            continue
        if amount.unit or amount.scaled or not SIGNED_DIGITS.fullmatch(text):
            unit = f" in {amount.unit}" if amount.unit else ""
            return [f"values such as '{text}' are read as numbers, {format_number(number)}{unit}"]
    return []
