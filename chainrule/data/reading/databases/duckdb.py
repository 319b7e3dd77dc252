"""A database of DuckDB: DuckDB itself reads it, and for reading only."""

from pathlib import Path

import duckdb

from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.sql_query import note_on_order, reason, refused, selection
from chainrule.data.reading.duckdb_sql import connected
from chainrule.data.reading.typed_columns import Rows, table_of_rows
from chainrule.data.table import Table
from chainrule.errors import InputError


def read_duckdb(files: list[Path], options: ReadOptions) -> Table:
    """The rows that a query selects from a DuckDB database.

    The query may read nothing else: no other file, and no network.
    Raises:
        InputError: the file or the query can't be used.
    """
    (file,) = files
    name = file.name
    try:
        with connected(file) as (database, _):
            found = database.execute("SELECT table_name FROM information_schema.tables").fetchall()
            tables = [str(table) for (table,) in found]
            query = selection(name, options, tables)
            try:
                return table_of_rows(
                    database,
                    name,
                    [_rows(database, name, query)],
                    options,
                    note_on_order(name, query),
                )
            except duckdb.Error as error:
                raise refused(name, str(error), tables) from error
    except duckdb.Error as error:
        raise InputError(
            f"{name}: got a DuckDB database that cannot be opened ({reason(str(error))}), expected "
            "a whole one that nothing writes to. Close what uses it, or give a copy."
        ) from error


def _rows(database: duckdb.DuckDBPyConnection, name: str, query: str) -> Rows:
    described = database.execute(f"DESCRIBE {query}").fetchall()
    columns = [str(column) for column, *_ in described]
    repeated = [column for column in dict.fromkeys(columns) if columns.count(column) > 1]
    if repeated:
        raise InputError(
            f"{name}: got a query with more than one column named {quoted_list(repeated)}, "
            "expected each name once. Rename the others with AS."
        )
    return Rows(name, query, {str(column): str(kind) for column, kind, *_ in described}, {})
