"""Tables of text, as in CSV and JSON, whose columns have no types."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import are_long
from chainrule.data.reading.duckdb_sql import (
    aggregate,
    fetch_columns,
    fetch_row,
    is_code,
    is_missing,
    note_on_duplicates,
    numbers_of,
    texts_of,
)
from chainrule.data.reading.interpret import interpret
from chainrule.data.table import Column, RowLocations, Table

MAX_LABELS = 1000  # distinct numbers of a target whose texts may be labels of classes


def read_text_rows(
    database: duckdb.DuckDBPyConnection,
    source: str,
    row_locations: RowLocations,
    names: list[str],
    options: ReadOptions,
    *,
    delimiter: str | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Read a table from `lines`, which has the text of each column as c0, c1, ...

    Args:
        database: with the table `lines`.
        source: the name of the files.
        row_locations: the file of each row.
        names: of the columns.
        options: how they are read.
        delimiter: between the values of a CSV file; None for another source.
        notes: on the files so far.
    """
    numbers = _plain_numbers(database, names, _may_be_plain(database, names, options), options)
    rest = {c: f"c{c}" for c in range(len(names)) if c not in numbers}
    values = {c: texts_of(array) for c, array in fetch_columns(database, "lines", rest)} | numbers
    all_notes = [*notes]
    if options.reads_whole_samples:
        rows = int(fetch_row(database, "SELECT count(*) FROM lines")[0])
        all_notes += note_on_duplicates(database, "lines", source, rows)
    return interpret(
        source,
        [Column(name, values[c]) for c, name in enumerate(names)],
        options,
        plain=() if delimiter is None else [names[c] for c in numbers],
        delimiter=delimiter,
        texts_of=partial(_texts_of, database, names),
        row_locations=row_locations,
        notes=all_notes,
    )


def _may_be_plain(
    database: duckdb.DuckDBPyConnection, names: Sequence[str], options: ReadOptions
) -> list[int]:
    """Return the columns that may be plain numbers, and need not keep their texts."""
    if options.decimal == ",":
        return []
    comma = {name for name, form in options.forms.items() if form.decimal == ","}
    excluded = {*options.names, *options.learned_as_text, *comma}
    if options.target is not None and options.target in names:
        distinct = f"count(DISTINCT c{names.index(options.target)})"
        if aggregate(database, "lines", [distinct])[0] <= MAX_LABELS:
            excluded.add(options.target)
    return [c for c, name in enumerate(names) if name not in excluded]


def _plain_numbers(
    database: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    columns: list[int],
    options: ReadOptions,
) -> dict[int, NDArray[Any]]:
    """Return the values of the columns of `lines` of numbers as they are, or missing.

    This is a quick way for most columns of most files; texts are looked at one by one otherwise.
    """
    present = aggregate(database, "lines", [f"count(c{c})" for c in columns])
    codes = aggregate(database, "lines", [f"count_if({is_code(f'c{c}')})" for c in columns])
    counts = {c: n for c, n, of_codes in zip(columns, present, codes, strict=True) if not of_codes}
    arrays = fetch_columns(database, "lines", {c: f"number(c{c})" for c in counts})
    numbers = {c: (numbers_of(array), array.count()) for c, array in arrays}
    # The search for marks of missing values takes longer.
    rest = [c for c, (_, known) in numbers.items() if 0 < known < counts[c]]
    marks = [is_missing(f"c{c}", options.missing_texts_of(names[c])) for c in rest]
    marked = [
        f"count_if(number(c{c}) IS NULL AND {is_mark})"
        for c, is_mark in zip(rest, marks, strict=True)
    ]
    for c, missing in zip(rest, aggregate(database, "lines", marked), strict=True):
        counts[c] -= missing
    return {
        c: values
        for c, (values, known) in numbers.items()
        if known == counts[c] and not are_long(values)
    }


def _texts_of(
    database: duckdb.DuckDBPyConnection, names: list[str], name: str
) -> NDArray[np.object_]:
    """Return the texts of a column of `lines`."""
    ((_, array),) = fetch_columns(database, "lines", {0: f"c{names.index(name)}"})
    return texts_of(array)
