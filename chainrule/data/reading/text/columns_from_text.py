"""Types of columns inferred from text, as in CSV and JSON."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import duckdb
from numpy.typing import NDArray

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import assemble
from chainrule.data.reading.duckdb_sql import (
    aggregate,
    cleaned_text,
    fetch_columns,
    fetch_row,
    note_on_duplicates,
    numbers_of,
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


def read_text_rows(
    database: duckdb.DuckDBPyConnection,
    source: str,
    row_locations: RowLocations,
    names: list[str],
    options: ReadOptions,
    *,
    styles: Sequence[NumberStyle],
    texts: Collection[str] = (),
    notes: Sequence[str] = (),
) -> Table:
    """Read a table from `lines`, which has the text of each column as c0, c1, ...

    A column is numeric if all its values are numbers or missing, else categorical.
    Args:
        database: with the table `lines`.
        source: the name of the files.
        row_locations: the file of each row.
        names: of the columns.
        options: how they are read.
        styles: the allowed number formats.
        texts: columns that are categorical even if all values are numbers.
        notes: on the files so far.
    Raises:
        InputError: nearly but not all values of a column are numbers, or a number is infinite.
    """
    columns = dict(enumerate(names))
    free = {c: n for c, n in columns.items() if n not in options.names and n not in texts}
    values: dict[int, NDArray[Any]] = {}
    if not any(re.search(r"\d", text) for text in options.missing):  # such as -99
        values = _plain_numbers(database, list(free), styles[0])
    numeric = dict.fromkeys(values, styles[0])
    # The other columns are searched for blanks and marks of missing values, which takes longer.
    rest = {c: name for c, name in columns.items() if c not in values}
    if rest:
        cleaned, numeric_rest = _cleaned_values(
            database, row_locations, rest, free, options.missing_texts, styles
        )
        values |= cleaned
        numeric |= numeric_rest
    refuse_infinite(database, row_locations, columns, values)
    all_notes = [*notes, *notes_on_styles(source, columns, numeric)]
    if options.target is not None:
        rows = int(fetch_row(database, "SELECT count(*) FROM lines")[0])
        all_notes += note_on_duplicates(database, "lines", source, rows)
    return assemble(
        source,
        [
            Column(name, values[c], declared=declared_kind(options, name))
            for c, name in columns.items()
        ],
        options,
        all_notes,
        row_locations,
    )


def _plain_numbers(
    database: duckdb.DuckDBPyConnection, free: list[int], style: NumberStyle
) -> dict[int, NDArray[Any]]:
    """Return the values of the columns of `lines` in which all texts are numbers as they are."""
    present = aggregate(database, "lines", [f"count(c{c})" for c in free])
    counts = dict(zip(free, present, strict=True))
    arrays = fetch_columns(database, "lines", {c: f"{style.macro}(c{c})" for c in free})
    return {c: numbers_of(array) for c, array in arrays if array.count() == counts[c]}


def _cleaned_values(
    database: duckdb.DuckDBPyConnection,
    row_locations: RowLocations,
    columns: Mapping[int, str],
    free: Collection[int],
    missing: list[str],
    styles: Sequence[NumberStyle],
) -> tuple[dict[int, NDArray[Any]], dict[int, NumberStyle]]:
    """Return the values of columns of `lines` without blanks and marks of missing values.

    Args:
        database: with the table `lines`.
        row_locations: the file of each row.
        columns: the names of those to read, by number.
        free: columns that may be numeric.
        missing: texts that mean a missing value.
        styles: the allowed number formats.
    Returns:
        the values by column, and the number format of each numeric column.
    """
    text = [f"{cleaned_text(f'c{c}', missing)} AS c{c}" for c in columns]
    database.execute(f"CREATE TEMP TABLE loaded_rows AS SELECT {', '.join(text)} FROM lines")
    undecided = {c: name for c, name in columns.items() if c in free}
    numeric = numeric_columns(database, row_locations, undecided, styles)
    read = {c: f"{numeric[c].macro}(c{c})" if c in numeric else f"c{c}" for c in columns}
    values = {
        c: numbers_of(array) if c in numeric else texts_of(array)
        for c, array in fetch_columns(database, "loaded_rows", read)
    }
    return values, numeric
