"""Tables of text, as in CSV and JSON, whose columns have no types."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import (
    aggregate,
    fetch_columns,
    fetch_row,
    is_code,
    note_on_duplicates,
    numbers_of,
    texts_of,
)
from chainrule.data.reading.interpret import are_long, interpret
from chainrule.data.table import Column, RowLocations, Table


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
    numbers = _plain_numbers(database, _may_be_plain(names, options))
    rest = {c: f"c{c}" for c in range(len(names)) if c not in numbers}
    values = {c: texts_of(array) for c, array in fetch_columns(database, "lines", rest)} | numbers
    all_notes = [*notes]
    if options.target is not None:
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


def _may_be_plain(names: Sequence[str], options: ReadOptions) -> list[int]:
    """Return the columns that may be plain numbers, and need not keep their texts."""
    if options.decimal == ",":
        return []
    comma = {name for name, form in options.forms.items() if form.decimal == ","}
    excluded = {options.target, *options.read_as_text, *options.learned_as_text, *comma}
    return [c for c, name in enumerate(names) if name not in excluded]


def _plain_numbers(
    database: duckdb.DuckDBPyConnection, columns: list[int]
) -> dict[int, NDArray[Any]]:
    """Return the values of the columns of `lines` in which all texts are numbers as they are.

    This is a quick way for most columns of most files; texts are looked at one by one otherwise.
    """
    present = aggregate(database, "lines", [f"count(c{c})" for c in columns])
    codes = aggregate(database, "lines", [f"count_if({is_code(f'c{c}')})" for c in columns])
    counts = {c: n for c, n, of_codes in zip(columns, present, codes, strict=True) if not of_codes}
    arrays = fetch_columns(database, "lines", {c: f"number(c{c})" for c in counts})
    numbers = {c: numbers_of(array) for c, array in arrays if array.count() == counts[c]}
    return {c: values for c, values in numbers.items() if not are_long(values)}


def _texts_of(
    database: duckdb.DuckDBPyConnection, names: list[str], name: str
) -> NDArray[np.object_]:
    """Return the texts of a column of `lines`."""
    ((_, array),) = fetch_columns(database, "lines", {0: f"c{names.index(name)}"})
    return texts_of(array)
