"""Texts of columns in a database become numbers or categories, by the rules of `interpret`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb
import numpy as np

from chainrule.data.columns.task import MAX_NUMERIC_CLASSES
from chainrule.data.formatting import format_number, parse_number
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import are_long
from chainrule.data.reading.duckdb_sql import (
    aggregate,
    cleaned_text,
    fetch_row,
    is_code,
    is_missing,
)
from chainrule.data.reading.form_notes import notes_on_forms
from chainrule.data.reading.infer_form import FileStyle, InDoubt, shown_decimal
from chainrule.data.reading.interpret import (
    choose_form,
    doubt_about,
    refuse_doubts,
)
from chainrule.data.reading.select_columns import declared_kind
from chainrule.data.reading.spellings import MAX_CATEGORIES, compare_spellings
from chainrule.data.reading.text_profile import TextProfile
from chainrule.data.streaming.stored_rows import MAX_CLASSES, StoredColumn
from chainrule.data.table import Column, RowLocations
from chainrule.data.value_form import ValueForm

BATCH = 100_000  # distinct texts in memory


@dataclass(frozen=True)
class StoredTexts:
    """A column of texts in the table `loaded_rows`.

    Attributes:
        database: with the table.
        name: of the column.
        column: its name in the database.
        missing: texts that mean a missing value.
    """

    database: duckdb.DuckDBPyConnection
    name: str
    column: str
    missing: tuple[str, ...]

    def batches(self) -> Iterator[dict[str, int]]:
        """Yield the distinct texts with their numbers of rows, some at a time."""
        distinct = f"{self.column}_distinct"
        rows = f"loaded_rows WHERE {self.column} IS NOT NULL GROUP BY {self.column}"
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {distinct} AS "
            f"SELECT {self.column} AS text, count(*) AS rows FROM {rows}"
        )
        count = int(fetch_row(self.database, f"SELECT count(*) FROM {distinct}")[0])
        for start in range(0, count, BATCH):
            batch = f"{distinct} WHERE rowid >= {start} AND rowid < {start + BATCH}"
            yield dict(self.database.execute(f"SELECT text, rows FROM {batch}").fetchall())

    @cached_property
    def is_plain(self) -> bool:
        """Whether all texts are numbers as they are, or mark missing values."""
        number = f"number({self.column})"
        is_mark = is_missing(self.column, list(self.missing))
        checks = [f"count({self.column})", f"count({number})"]
        checks += [
            f"count(*) FILTER ({number} IS NULL AND {is_mark})",
            f"count(*) FILTER ({is_code(self.column)})",
        ]
        present, numbers, marks, codes = aggregate(self.database, "loaded_rows", checks)
        return present == numbers + marks and numbers > 0 and not codes

    @cached_property
    def is_whole(self) -> bool:
        """Whether all plain numbers are whole, and float64 has them exactly."""
        number = f"number({self.column})"
        whole = f"bool_and({number} = floor({number}) AND abs({number}) < {2**53})"
        return bool(fetch_row(self.database, f"SELECT {whole} FROM loaded_rows")[0])

    def has_long_labels(self, options: ReadOptions) -> bool:
        """Return whether it is a target of few whole numbers of more digits than float64 has."""
        texts = self._few_texts() if self.name == options.target else ()
        numbers = [number for text in texts if (number := parse_number(text)) is not None]
        return len(texts) <= MAX_NUMERIC_CLASSES and are_long(np.array(numbers))

    @property
    def profile(self) -> TextProfile:
        """What the texts could mean."""
        return self._counted[0]

    @property
    def marks(self) -> Counter[str]:
        """The number of rows of each mark of a missing value; empty texts are none."""
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[TextProfile, Counter[str]]:
        profile, marks = TextProfile(), Counter[str]()
        for batch in self.batches():
            for text, rows in batch.items():
                bare = text.strip()
                if bare not in self.missing:
                    profile.add(bare, rows)
                elif bare:
                    marks[bare] += rows
        return profile, marks

    def first_row(self, text: str) -> int:
        """Return the index of the first row with a text, given without blanks around it."""
        rows = f"loaded_rows WHERE {cleaned_text(self.column, list(self.missing))} = $text"
        query = f"SELECT coalesce(min(rowid), 0) FROM {rows}"
        ((row,),) = self.database.execute(query, {"text": text}).fetchall()
        return int(row)

    def as_texts(
        self, options: ReadOptions, levels: tuple[str, ...] | None
    ) -> tuple[StoredColumn, str | None]:
        """Return the column as texts, with one spelling of truth values, and a note."""
        declared = declared_kind(options, self.name)
        empty = Column(self.name, np.empty(0, np.object_), levels, declared)
        text = cleaned_text(self.column, list(self.missing))
        spelling, note = compare_spellings(
            self.name,
            self._few_texts(),
            is_target=self.name == options.target,
            is_category=declared == "category",
        )
        if spelling:
            other = [
                f"WHEN '{_escaped(one)}' THEN '{_escaped(to)}'" for one, to in spelling.items()
            ]
            text = f"CASE {text} {' '.join(other)} ELSE {text} END"
        return StoredColumn(empty, text), note

    def _few_texts(self) -> Counter[str]:
        """Return the rows of each text; of more than `MAX_CATEGORIES` texts none."""
        distinct = f"count(DISTINCT {self.column})"
        if aggregate(self.database, "loaded_rows", [distinct])[0] > MAX_CATEGORIES:
            return Counter()
        counts: Counter[str] = Counter()
        for text, rows in (item for batch in self.batches() for item in batch.items()):
            if (bare := text.strip()) not in self.missing:
                counts[bare] += rows
        return counts

    def as_plain_numbers(self) -> StoredColumn:
        """Return the column of plain numbers."""
        return StoredColumn(Column(self.name, np.empty(0)), f"number({self.column})")

    def as_numbers(self, form: ValueForm) -> StoredColumn:
        """Return the column as numbers in that form, which are stored beside the texts."""
        number, texts = f"{self.column}_number", f"{self.column}_texts"
        self.database.execute(f"CREATE TEMP TABLE {texts} (text VARCHAR, number DOUBLE)")
        is_canonical = True
        for batch in self.batches():
            values = {text: self._number(text, form) for text in batch}
            is_canonical &= all(
                value is None or text.strip() == format_number(value)
                for text, value in values.items()
            )
            numbers = np.array([*values.values()], np.float64)
            written = np.array([*values, None], np.object_)[:-1]
            self.database.register("batch", {"text": written, "number": numbers})
            known = "CASE WHEN isnan(number) THEN NULL ELSE number END"
            self.database.execute(f"INSERT INTO {texts} SELECT text, {known} FROM batch")
            self.database.unregister("batch")
        self.database.execute(f"ALTER TABLE loaded_rows ADD COLUMN {number} DOUBLE")
        self.database.execute(
            f"UPDATE loaded_rows SET {number} = {texts}.number FROM {texts} "
            f"WHERE {self.column} = {texts}.text"
        )
        label = None
        if not is_canonical:
            text = cleaned_text(self.column, list(self.missing))
            label = f"CASE WHEN {number} IS NOT NULL THEN {text} END"
        return StoredColumn(Column(self.name, np.empty(0)), number, label)

    def _number(self, text: str, form: ValueForm) -> float | None:
        bare = text.strip()
        return None if bare in self.missing else form.number(bare)


def stored_columns(
    database: duckdb.DuckDBPyConnection,
    source: str,
    columns: Sequence[Column],
    options: ReadOptions,
    *,
    fixed: Collection[str],
    delimiter: str | None,
    row_locations: RowLocations,
) -> tuple[tuple[StoredColumn, ...], ReadOptions, list[str]]:
    """Return the columns of the table `loaded_rows` as `interpret` would read them in memory.

    Args:
        database: with the table, whose columns are c0, c1, ...
        source: the name of the files.
        columns: without values: of numbers, or of texts as they are written.
        options: by which they are read, with a target.
        fixed: as of `interpret`.
        delimiter: as of `interpret`.
        row_locations: the file of each row.
    Returns:
        The columns, the options with the form of each column, and notes.
    Raises:
        InputError: the values of a column are in doubt.
    """
    texts = {
        column.name: StoredTexts(
            database, column.name, f"c{index}", tuple(options.missing_texts_of(column.name))
        )
        for index, column in enumerate(columns)
        if column.kind == "category"
    }
    free = [name for name in texts if name not in (*fixed, *options.read_as_text)]
    plain = [name for name in free if _may_be_plain(texts[name], options)]
    shown = shown_decimal([texts[name].profile for name in free if name not in plain])
    if shown == "," and options.decimal is None:
        plain = [name for name in plain if texts[name].is_whole]
    style = FileStyle(options.decimal, shown, delimiter)
    forms = {
        name: choose_form(name, texts[name].profile, options, style, free=name in free)
        for name in texts
        if name not in plain
    }
    refuse_doubts(
        [
            doubt_about(texts[name], form, row_locations)
            for name, form in forms.items()
            if isinstance(form, InDoubt)
        ]
    )
    sure = {name: form for name, form in forms.items() if isinstance(form, ValueForm)}
    # The decimal sign of plain numbers is that of Python and SQL.
    sure |= {name: ValueForm("number", shown if texts[name].is_whole else ".") for name in plain}
    typed = [c.name for c in columns if c.kind == "number" and c.declared != "date"]
    sure |= {name: ValueForm("number") for name in typed}
    read = [
        _stored(column, f"c{index}", texts.get(column.name), sure, plain, options)
        for index, column in enumerate(columns)
    ]
    noted = {name: texts[name] for name in forms}
    notes = notes_on_forms(source, noted, sure, style, options, free)
    notes += [f"{source}: {note}" for _, note in read if note]
    return tuple(column for column, _ in read), options.updated(forms=sure), notes


def _may_be_plain(texts: StoredTexts, options: ReadOptions) -> bool:
    """Return whether the texts are plain numbers which need not be looked at one by one."""
    learned = options.forms.get(texts.name)
    is_comma = options.decimal == "," or (learned is not None and learned.decimal == ",")
    if is_comma or texts.name in options.learned_as_text or not texts.is_plain:
        return False
    if texts.name == options.target:
        return _has_many_values(texts)
    return True


def _has_many_values(texts: StoredTexts) -> bool:
    """Return whether there are too many values for classes, whose texts would matter."""
    distinct = f"count(DISTINCT {texts.column})"
    return aggregate(texts.database, "loaded_rows", [distinct])[0] > MAX_CLASSES


def _stored(
    column: Column,
    sql: str,
    texts: StoredTexts | None,
    forms: dict[str, ValueForm],
    plain: Sequence[str],
    options: ReadOptions,
) -> tuple[StoredColumn, str | None]:
    """Return the column and a note on it."""
    if texts is None:
        return _marked(StoredColumn(column, sql), options), None
    if column.name in plain:
        return _marked(texts.as_plain_numbers(), options), None
    if forms[column.name].kind == "text" or texts.has_long_labels(options):
        return texts.as_texts(options, column.levels)
    return _marked(texts.as_numbers(forms[column.name]), options), None


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _marked(stored: StoredColumn, options: ReadOptions) -> StoredColumn:
    """Return a column of numbers, NULL for those that mark a missing value, such as -999."""
    marks = [number for text in options.missing if (number := parse_number(text)) is not None]
    if not marks:
        return stored
    listed = ", ".join(f"'{number!r}'::DOUBLE" for number in marks)
    is_mark = f"{stored.sql} IN ({listed})"
    label = stored.label and f"CASE WHEN {is_mark} THEN NULL ELSE {stored.label} END"
    return replace(stored, sql=f"CASE WHEN {is_mark} THEN NULL ELSE {stored.sql} END", label=label)
