"""A database of SQLite, through its ADBC driver, opened for reading only."""

from pathlib import Path
from urllib.parse import quote

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.adbc import opened
from chainrule.data.reading.databases.sql_query import note_on_order, selection, sql_name
from chainrule.data.reading.duckdb_sql import connected, one_row
from chainrule.data.reading.select_columns import note_on_ignored, select_usable_columns
from chainrule.data.reading.text.columns_from_text import table_of_lines
from chainrule.data.reading.text.number_format import number_styles
from chainrule.data.table import RowLocations, Table, no_rows


def read_sqlite(files: list[Path], options: ReadOptions) -> Table:
    """The rows that a query selects from an SQLite database.

    There a column may hold values of any type, so the rules of CSV hold: a column whose values are
    all numbers is one of numbers, even if they are stored as text. Blobs are left out, with a note.
    Raises:
        InputError: the file or the query can't be used.
    """
    (file,) = files
    name, address = file.name, f"file:{quote(str(file.resolve()))}?mode=ro"
    with connected() as (database, _), opened("sqlite", address, name, database) as found:
        source = found.with_tables("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        query = selection(name, options, source.tables)
        columns = source.fetch("named", f"SELECT * FROM {query} LIMIT 0")
        blobs = [f"coalesce(max(typeof({sql_name(c)}) = 'blob'), 0)" for c in columns]
        source.fetch("blobs", f"SELECT {', '.join(blobs)} FROM {query}")
        is_blob = dict(zip(columns, one_row(database, "SELECT * FROM blobs"), strict=True))
        others = {column: "BLOB" for column in columns if is_blob[column]}
        names, notes = select_usable_columns(options, name, columns, others)
        # The driver takes the types from the first rows, so one of text is put before them.
        first = ", ".join(f"'' AS c{c}" for c in range(len(names)))
        values = ", ".join(_text(column) for column in names)
        rows = f"SELECT {first} UNION ALL SELECT {values} FROM {query}"
        source.fetch("lines", rows, skipped=1)
        count = int(one_row(database, "SELECT count(*) FROM lines")[0])
        if count == 0:
            raise no_rows(name)
        return table_of_lines(
            database,
            name,
            RowLocations(((name, count),)),
            names,
            options,
            styles=number_styles(None, []),
            notes=[*notes, *note_on_ignored(options, name, columns), *note_on_order(name, query)],
        )


def _text(column: str) -> str:
    """SQL for the text of values: whole numbers without '.0', others with all their digits."""
    value = sql_name(column)
    return f"""
        CASE WHEN typeof({value}) <> 'real' THEN CAST({value} AS TEXT)
             WHEN {value} = CAST({value} AS INTEGER) AND abs({value}) < 1e15
             THEN CAST(CAST({value} AS INTEGER) AS TEXT)
             ELSE printf('%!.17g', {value}) END
    """
