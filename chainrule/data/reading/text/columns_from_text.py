"""From lines of text, as CSV and JSON have them, to typed columns: the rules for types are ours."""

import re
from collections.abc import Collection, Sequence
from typing import Any

import duckdb
from numpy.typing import NDArray

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import assemble
from chainrule.data.reading.duckdb_sql import (
    cleaned,
    count,
    fetched,
    note_on_copies,
    numbers_of,
    one_row,
    texts_of,
)
from chainrule.data.reading.select_columns import declared_kind
from chainrule.data.reading.text.number_format import NumberStyle
from chainrule.data.reading.text.numeric_columns import (
    notes_on_styles,
    numeric_columns,
    refuse_infinite,
)
from chainrule.data.table import Column, RowLocations, Table


def table_of_lines(
    database: duckdb.DuckDBPyConnection,
    source: str,
    places: RowLocations,
    names: list[str],
    options: ReadOptions,
    *,
    styles: Sequence[NumberStyle],
    texts: Collection[str] = (),
    notes: Sequence[str] = (),
) -> Table:
    """The table of the rows in `lines`, which has the text of each column as c0, c1, ...

    A column is one of numbers if all its values are numbers or missing, else of categories.
    Args:
        database: with that table.
        source: the name of the files.
        places: of the rows.
        names: of the columns.
        options: how they are read.
        styles: the ways in which numbers may be written.
        texts: columns that are of categories even if they are written as numbers.
        notes: what is known about the files so far.
    Raises:
        InputError: a column is nearly, but not all of numbers, or has an infinite one.
    """
    columns = dict(enumerate(names))
    free = {c: n for c, n in columns.items() if n not in options.names and n not in texts}
    values: dict[int, NDArray[Any]] = {}
    if not any(re.search(r"\d", text) for text in options.missing):  # such as -99
        values = _wholly_of_numbers(database, list(free), styles[0])
    numeric = dict.fromkeys(values, styles[0])
    # What is left is searched for blanks and for spellings of missing values, which takes longer.
    rest = {c: name for c, name in columns.items() if c not in values}
    if rest:
        text = [f"{cleaned(f'c{c}', options.missing_texts)} AS c{c}" for c in rest]
        database.execute(f"CREATE TEMP TABLE given AS SELECT {', '.join(text)} FROM lines")
        doubtful = {c: name for c, name in rest.items() if c in free}
        numeric |= numeric_columns(database, places, doubtful, styles)
        read = {c: f"{numeric[c].macro}(c{c})" if c in numeric else f"c{c}" for c in rest}
        for c, array in fetched(database, "given", read):
            values[c] = numbers_of(array) if c in numeric else texts_of(array)
    refuse_infinite(database, places, columns, values)
    told = [*notes, *notes_on_styles(source, columns, numeric)]
    if options.target is not None:
        rows = int(one_row(database, "SELECT count(*) FROM lines")[0])
        told += note_on_copies(database, "lines", source, rows)
    return assemble(
        source,
        [
            Column(name, values[c], declared=declared_kind(options, name))
            for c, name in columns.items()
        ],
        options,
        told,
        places,
    )


def _wholly_of_numbers(
    database: duckdb.DuckDBPyConnection, free: list[int], style: NumberStyle
) -> dict[int, NDArray[Any]]:
    """The columns of `lines` that are numbers without any search, with their values."""
    given = dict(zip(free, count(database, "lines", [f"count(c{c})" for c in free]), strict=True))
    arrays = fetched(database, "lines", {c: f"{style.macro}(c{c})" for c in free})
    return {c: numbers_of(array) for c, array in arrays if array.count() == given[c]}
