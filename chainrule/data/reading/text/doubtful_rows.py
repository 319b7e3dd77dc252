"""Rows of a text file that are no samples: repeated names, units, totals, footers and blank rows.

They are found in the texts of all rows, and named. Where they would turn numbers into texts they
are refused; left out they are only when the user says so.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import duckdb
import numpy as np

from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import aggregate, fetch_columns, numbers_of
from chainrule.data.reading.text.ragged_rows import RaggedRow
from chainrule.data.reading.text.totals import LABEL, find_totals, is_label
from chainrule.data.table import DoubtfulRows
from chainrule.data.vocabulary import RowKind, row_numbers
from chainrule.errors import InputError, refuse

ROWS_NAMED = 20
FOOTER_ROWS = 20  # of the end that are searched
MIN_COLUMNS_OF_FOOTER = 3
LABEL_COLUMNS = 20  # the first ones, in which a label such as "total" is looked for
MAX_LABELS = 2000  # more are a category
# Texts are looked for among these rows of a column, from the start and from the end.
SAMPLE_START, SAMPLE_END = 1000, 100


@dataclass(frozen=True)
class FileRows:
    """The rows of one file in a table of texts c0, c1, ...

    Attributes:
        database: of the table.
        table: its name.
        source: the name of the file.
        names: the header cells of c0, c1, ...; empty for an unnamed column.
        width: number of columns of the file.
        start: the rowid of its first row.
        stop: the rowid after its last row.
        short: rows that have fewer values than the header.
    """

    database: duckdb.DuckDBPyConnection
    table: str
    source: str
    names: Sequence[str]
    width: int
    start: int
    stop: int
    short: tuple[RaggedRow, ...] = ()

    @property
    def all(self) -> str:
        """The rows, for a FROM clause."""
        return f"{self.table} WHERE rowid >= {self.start} AND rowid < {self.stop}"

    def rowids(self, numbers: Iterable[int]) -> str:
        """Return SQL for the list of the rowids of rows, never empty."""
        return ", ".join(["-1", *(str(self.start + number - 1) for number in numbers)])

    def select(self, condition: str) -> list[tuple[int, list[str]]]:
        """Return number and texts of the rows that meet a condition, in order."""
        texts = ", ".join(f"coalesce(c{c}, '')" for c in range(len(self.names)))
        rows = self.database.execute(
            f"SELECT rowid - {self.start} + 1, [{texts}] FROM {self.all} AND ({condition}) "
            "ORDER BY rowid"
        ).fetchall()
        return [(int(number), [text.strip() for text in values]) for number, values in rows]


@dataclass(frozen=True)
class Found:
    """Rows of a kind.

    Attributes:
        rows: their numbers.
        got: what they have, such as "no value".
        otherwise: what to do if they are samples, a clause that begins with "or", or empty.
    """

    rows: tuple[int, ...]
    got: str
    otherwise: str = ""


@dataclass(frozen=True)
class Examined:
    """What became of the rows of a file that may be no samples.

    Attributes:
        left_out: numbers of those that the user leaves out.
        refused: numbers of those that were refused, without which the rest can be shown.
        doubts: on those that stay.
    """

    left_out: frozenset[int]
    refused: frozenset[int]
    doubts: tuple[DoubtfulRows, ...]

    @property
    def removed(self) -> list[int]:
        """Ascending numbers of the rows that do not stay."""
        return sorted(self.left_out | self.refused)


def examine(file: FileRows, options: ReadOptions) -> Examined:
    """Look for rows of a file that may be no samples.

    Raises:
        InputError: rows that were not left out have fewer values than the header, or turn a column
            of numbers into texts; or a number is that of no row.
    """
    count = file.stop - file.start
    left_out = row_numbers(options.skip_rows)
    if left_out and max(left_out) > count:
        raise InputError(
            f"{file.source}: got --skip-rows {max(left_out)}, expected numbers from 1 to {count}, "
            "the number of rows below the header. Correct it."
        )
    found = _find(file, options)
    for kind in found:
        if kind in options.skip_rows:
            left_out.update(found[kind].rows)
    excluded = {row for each in found.values() for row in each.rows} | left_out
    refused: set[int] = set()
    doubts = []
    for kind, each in found.items():
        rows = [row for row in each.rows if row not in left_out]
        if not rows:
            continue
        if kind != "blank" and _breaks_numbers(file, rows, excluded, options):
            refuse(
                InputError(
                    f"{file.source}, {listed_rows(rows)}: got {each.got}, expected values as in "
                    f"the other rows. Leave {_it(rows)} out with --skip-rows {kind}"
                    f"{each.otherwise}."
                )
            )
            refused.update(rows)
            continue
        have = "has" if len(rows) == 1 else "have"
        doubts.append(
            DoubtfulRows(
                file.source,
                kind,
                f"{listed_rows(rows)} {have} {each.got}",
                f"leave {_it(rows)} out with --skip-rows {kind}",
            )
        )
    footers = set(found["footers"].rows if "footers" in found else ())
    short = [row for row in file.short if row.number not in left_out]
    _refuse_short(file, short, footers)
    refused.update(row.number for row in short)
    return Examined(frozenset(left_out), frozenset(refused), tuple(doubts))


def listed_rows(rows: Sequence[int]) -> str:
    """Return the numbers of rows as words.

    >>> listed_rows([3]), listed_rows([3, 4, 9])
    ('row 3', 'rows 3, 4 and 9')
    """
    if len(rows) == 1:
        return f"row {rows[0]:,}"
    shown = [f"{row:,}" for row in rows[:ROWS_NAMED]]
    if len(rows) > ROWS_NAMED:
        return f"rows {', '.join(shown)} and {len(rows) - ROWS_NAMED:,} more"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def _it(rows: Sequence[int]) -> str:
    return "it" if len(rows) == 1 else "them"


def _find(file: FileRows, options: ReadOptions) -> dict[RowKind, Found]:
    """Return the rows of each kind that the file has."""
    found: dict[RowKind, Found | None] = {
        "headers": _repeated_names(file),
        "footers": _footers(file),
        "blank": _blank(file),
        "totals": _totals(file, options),
    }
    excluded = {row for each in found.values() if each for row in each.rows}
    found["units"] = _units(file, excluded, options)
    return {kind: each for kind in get_args(RowKind) if (each := found[kind]) is not None}


def _repeated_names(file: FileRows) -> Found | None:
    """Find rows that repeat the names of all columns."""
    named = {c: name for c, name in enumerate(file.names) if name}
    if len(named) < 2:
        return None
    c, name = next(iter(named.items()))
    literal = name.replace("'", "''")
    rows = tuple(
        number
        for number, texts in file.select(f"trim(c{c}) = '{literal}'")
        if all(texts[c] == name for c, name in named.items())
    )
    return Found(rows, "the names of the columns again") if rows else None


def _blank(file: FileRows) -> Found | None:
    """Find rows without any value."""
    if len(file.names) < 2:
        return None
    first = ", ".join(f"nullif(trim(c{c}), '')" for c in range(len(file.names)))
    rows = file.database.execute(
        f"SELECT rowid - {file.start} + 1 FROM {file.all} AND coalesce({first}) IS NULL "
        "ORDER BY rowid"
    ).fetchall()
    return Found(tuple(int(row) for (row,) in rows), "no value") if rows else None


def _footers(file: FileRows) -> Found | None:
    """Find rows at the end that have one text only, which no other row has in that column."""
    if file.width < MIN_COLUMNS_OF_FOOTER:
        return None
    rows, texts = [], []
    for number, values in reversed(file.select(f"rowid >= {file.stop - FOOTER_ROWS}")):
        filled = [(c, value) for c, value in enumerate(values) if value]
        if not filled:
            continue
        c, text = filled[0]
        if len(filled) > 1 or not re.search(r"[^\W\d_]", text) or _occurs_twice(file, c, text):
            break
        rows.append(number)
        texts.append(text)
    if not rows:
        return None
    one = "one value" if len(rows) == 1 else "one value each"
    return Found(tuple(rows[::-1]), f"only {one} ({quoted_list(texts[::-1], most=2)})")


def _occurs_twice(file: FileRows, c: int, text: str) -> bool:
    query = f"SELECT count(*) FROM {file.all} AND trim(c{c}) = $text"
    return int(file.database.execute(query, {"text": text}).fetchall()[0][0]) > 1


def _units(file: FileRows, excluded: set[int], options: ReadOptions) -> Found | None:
    """Find texts in the first row where all others have numbers, as units below the names."""
    first = file.select(f"rowid = {file.start}")
    if not first or 1 in excluded:
        return None
    filled = {c: text for c, text in enumerate(first[0][1]) if text}
    if not filled or any(re.fullmatch(r"[\d.,'+\-\s]*\d[\d.,'+\-\s]*", t) for t in filled.values()):
        return None
    broken = _columns_without_texts(file, [*filled], {1, *excluded}, options)
    if not broken or len(broken) < len(filled) / 2:
        return None
    texts = list(dict.fromkeys(filled[c] for c in broken))
    return Found(
        (1,),
        f"{quoted_list(texts, most=5)} where other rows have numbers, as a row of units has",
        ", or, if the row has values, read such texts as missing with "
        + " ".join(f"--missing {shlex.quote(text)}" for text in texts),
    )


def _totals(file: FileRows, options: ReadOptions) -> Found | None:
    """Find rows with a label such as "total" whose numbers are sums or means of other rows."""
    columns = _columns_with_texts(file)
    if not columns:
        return None
    condition = " OR ".join(f"regexp_matches(lower(c{c}), '{LABEL}')" for c in columns)
    candidates = file.select(condition)
    if not candidates or len(candidates) > MAX_LABELS:
        return None
    decimal_comma = options.decimal == "," or options.delimiter == ";"
    values = {c: _amount(f"c{c}", decimal_comma) for c in range(len(file.names))}
    rows = [number for number, _ in candidates]
    known = aggregate(
        file.database,
        f"{file.table} WHERE rowid IN ({file.rowids(rows)})",
        [f"count({value})" for value in values.values()],
    )
    numeric = {c: value for (c, value), count in zip(values.items(), known, strict=True) if count}
    in_order = f"{file.all} ORDER BY rowid"
    arrays = [numbers_of(a) for _, a in fetch_columns(file.database, in_order, numeric)]
    if not arrays:
        return None
    totals = find_totals(np.array(arrays), np.array(rows) - 1) + 1
    if not len(totals):
        return None
    texts = [
        next(texts[c] for c in columns if is_label(texts[c]))
        for number, texts in candidates
        if number in totals
    ]
    labels = quoted_list(list(dict.fromkeys(texts)), most=3)
    return Found(tuple(totals.tolist()), f"sums or means of other rows ({labels})")


def _amount(text: str, decimal_comma: bool) -> str:
    """Return SQL for the number in a text with thousands separators or a unit; NULL if none."""
    digits = rf"regexp_replace({text}, '[^0-9.,\-]', '', 'g')"
    without_groups = f"replace({digits}, ',', '')"
    if decimal_comma:
        without_groups = f"replace(replace({digits}, '.', ''), ',', '.')"
    return f"coalesce(TRY_CAST({text} AS DOUBLE), TRY_CAST({without_groups} AS DOUBLE))"


def _columns_with_texts(file: FileRows) -> list[int]:
    """Return the columns, of the first ones, with letters in rows of the start or of the end."""
    columns = range(min(LABEL_COLUMNS, len(file.names)))
    sample = (
        f"{file.all} AND (rowid < {file.start + SAMPLE_START} OR rowid >= {file.stop - SAMPLE_END})"
    )
    letters = [rf"count(*) FILTER (regexp_matches(c{c}, '\p{{L}}'))" for c in columns]
    counts = aggregate(file.database, sample, letters)
    return [c for c, count in zip(columns, counts, strict=True) if count]


def _breaks_numbers(
    file: FileRows, rows: Sequence[int], excluded: set[int], options: ReadOptions
) -> bool:
    """Return whether rows have texts in a column that has numbers in the rows not excluded."""
    texts = [texts for _, texts in file.select(f"rowid IN ({file.rowids(rows)})")]
    marks = {mark.lower() for mark in options.missing_texts}
    columns = [
        c
        for c in range(len(file.names))
        if any(re.search(r"[^\W\d_]", row[c]) and row[c].lower() not in marks for row in texts)
    ]
    return bool(_columns_without_texts(file, columns, excluded, options))


def _columns_without_texts(
    file: FileRows, columns: Sequence[int], excluded: Iterable[int], options: ReadOptions
) -> list[int]:
    """Return the columns that have numbers and no texts in the rows not excluded."""
    marks = ", ".join("'" + m.lower().replace("'", "''") + "'" for m in options.missing_texts)
    rows = f"{file.all} AND rowid NOT IN ({file.rowids(excluded)})"
    is_text = r"regexp_matches(c{0}, '\p{{L}}') AND lower(trim(c{0})) NOT IN (" + marks + ")"
    texts = aggregate(
        file.database, rows, [f"count(*) FILTER ({is_text.format(c)})" for c in columns]
    )
    numbers = aggregate(
        file.database, rows, [f"count(*) FILTER (regexp_matches(c{c}, '[0-9]'))" for c in columns]
    )
    counted = zip(columns, texts, numbers, strict=True)
    return [c for c, text, number in counted if number and not text]


def _refuse_short(file: FileRows, rows: Sequence[RaggedRow], footers: set[int]) -> None:
    """Refuse rows with fewer values than the header, if there are any."""
    if not rows:
        return
    numbers = [row.number for row in rows]
    option = "footers" if footers.issuperset(numbers) else ",".join(map(str, numbers))
    others = f" and {pluralised(len(rows) - 1, 'more row')}" if len(rows) > 1 else ""
    refuse(
        InputError(
            f"{file.source}, line {rows[0].line} (row {rows[0].number}){others}: "
            f"{rows[0].describe(file.width)} Put values that contain the delimiter "
            f"'{rows[0].delimiter}' into double quotes, and give every row as many values; or "
            f"leave {_it(numbers)} out with --skip-rows {option}."
        )
    )
