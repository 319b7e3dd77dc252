"""SQLite databases, read through the ADBC driver and opened read-only."""

from pathlib import Path
from urllib.parse import quote

from chainrule.data.amounts import Decimal
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.adbc import open_source
from chainrule.data.reading.databases.sql_query import note_on_order, select_query, sql_name
from chainrule.data.reading.duckdb_sql import fetch_kept, fetch_row, open_database
from chainrule.data.reading.select_columns import (
    match_names,
    notes_on_ignored,
    select_usable_columns,
)
from chainrule.data.reading.text.columns_from_text import read_text_rows
from chainrule.data.table import RowLocations, Table, no_rows


def read_sqlite(files: list[Path], options: ReadOptions) -> Table:
    """Read the rows that a query selects from an SQLite database.

    A column may hold values of any type, so types are inferred as for CSV: a column is numeric if
    all values are numbers, even if stored as text. Blobs are left out, with a note.
    Raises:
        InputError: the file or the query can't be used.
    """
    (file,) = files
    name, address = file.name, f"file:{quote(str(file.resolve()))}?mode=ro"
    with open_database() as (database, _), open_source("sqlite", address, name, database) as opened:
        source = opened.with_tables(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        )
        query = select_query(name, options, source.tables)
        columns = source.fetch("named", f"SELECT * FROM {query} LIMIT 0")
        blobs = [f"coalesce(max(typeof({sql_name(c)}) = 'blob'), 0)" for c in columns]
        source.fetch("blobs", f"SELECT {', '.join(blobs)} FROM {query}")
        is_blob = dict(zip(columns, fetch_row(database, "SELECT * FROM blobs"), strict=True))
        others = {column: "BLOB" for column in columns if is_blob[column]}
        options = match_names(options, columns)
        names, notes = select_usable_columns(options, name, columns, others)
        # The driver infers types from the first rows, so a row of texts comes first.
        texts = [*names, *options.keep]
        first = ", ".join(f"'' AS c{c}" for c in range(len(texts)))
        of_kept: list[Decimal] = ["."] * len(options.keep)
        signs = [*map(options.decimal_of, names), *of_kept]
        values = ", ".join(map(_text, texts, signs))
        rows = f"SELECT {first} UNION ALL SELECT {values} FROM {query}"
        source.fetch("lines", rows, skipped=1)
        count = int(fetch_row(database, "SELECT count(*) FROM lines")[0])
        if count == 0:
            raise no_rows(name)
        table = read_text_rows(
            database,
            name,
            RowLocations(((name, count),)),
            names,
            options,
            notes=[*notes, *notes_on_ignored(options, name, columns), *note_on_order(name, query)],
        )
        return table.with_kept(fetch_kept(database, "lines", options.keep, len(names)))


def _text(column: str, decimal: Decimal) -> str:
    """Return SQL for values as text: whole numbers without '.0', others with all digits."""
    value = sql_name(column)
    return f"""
        CASE WHEN typeof({value}) <> 'real' THEN CAST({value} AS TEXT)
             WHEN {value} = CAST({value} AS INTEGER) AND abs({value}) < 1e15
             THEN CAST(CAST({value} AS INTEGER) AS TEXT)
             ELSE replace(printf('%!.17g', {value}), '.', '{decimal}') END
    """
