"""DuckDB databases, opened read-only."""

from pathlib import Path

import duckdb

from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.sql_query import (
    note_on_order,
    query_error,
    select_query,
    short_reason,
)
from chainrule.data.reading.duckdb_sql import open_database
from chainrule.data.reading.typed_columns import TypedRows, read_typed_rows
from chainrule.data.table import Table
from chainrule.errors import InputError


def read_duckdb(files: list[Path], options: ReadOptions) -> Table:
    """Read the rows that a query selects from a DuckDB database.

    The query has no access to other files or the network.
    Raises:
        InputError: the file or the query can't be used.
    """
    (file,) = files
    name = file.name
    try:
        with open_database(file) as (database, _):
            rows = database.execute("SELECT table_name FROM information_schema.tables").fetchall()
            tables = [str(table) for (table,) in rows]
            query = select_query(name, options, tables)
            try:
                return read_typed_rows(
                    database,
                    name,
                    [_rows(database, name, query)],
                    options,
                    note_on_order(name, query),
                )
            except duckdb.Error as error:
                raise query_error(name, str(error), tables) from error
    except duckdb.Error as error:
        raise InputError(
            f"{name}: got a DuckDB database that cannot be opened ({short_reason(str(error))}), "
            "expected a whole one that nothing writes to. Close what uses it, or give a copy."
        ) from error


def _rows(database: duckdb.DuckDBPyConnection, name: str, query: str) -> TypedRows:
    described = database.execute(f"DESCRIBE {query}").fetchall()
    columns = [str(column) for column, *_ in described]
    repeated = [column for column in dict.fromkeys(columns) if columns.count(column) > 1]
    if repeated:
        raise InputError(
            f"{name}: got a query with more than one column named {quoted_list(repeated)}, "
            "expected each name once. Rename the others with AS."
        )
    kinds = [str(kind) for _, kind, *_ in described]
    return TypedRows(name, query, dict(zip(columns, kinds, strict=True)), {})
