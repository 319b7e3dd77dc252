"""Databases read through ADBC drivers, which return the result of a query as Arrow columns.

The drivers are installed packages; DuckDB's extensions for other databases would be downloaded at
run time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import duckdb

from chainrule.data.reading.databases.sql_query import query_error, short_reason
from chainrule.errors import InputError


@dataclass(frozen=True)
class Source:
    """An open database.

    Attributes:
        name: for messages.
        cursor: of its driver.
        database: the DuckDB database that stores the results of queries.
        tables: the names of its tables.
    """

    name: str
    cursor: Any
    database: duckdb.DuckDBPyConnection
    tables: Sequence[str] = ()

    def with_tables(self, query: str) -> "Source":
        """Return the source with the names of its tables, which the query selects."""
        self.fetch("tables", query)
        rows = self.database.execute("SELECT * FROM tables").fetchall()
        return replace(self, tables=[str(table) for (table,) in rows])

    def fetch(self, table: str, query: str, skipped: int = 0) -> list[str]:
        """Store the result of a query in a new DuckDB table; return the names of its columns.

        Args:
            table: the name of the new table.
            query: the query.
            skipped: number of rows at the beginning to skip.
        Raises:
            InputError: the database refuses the query.
        """
        try:
            self.cursor.execute(query)
            self.database.register("stream", self.cursor.fetch_arrow())
            self.database.execute(
                f"CREATE TEMP TABLE {table} AS SELECT * FROM stream OFFSET {skipped}"
            )
            self.database.unregister("stream")
        except Exception as error:  # each driver has its own exceptions
            raise query_error(self.name, str(error), self.tables) from error
        described = self.database.execute(f"DESCRIBE {table}").fetchall()
        return [str(column) for column, *_ in described]


@contextmanager
def open_source(
    driver: str, address: str, name: str, database: duckdb.DuckDBPyConnection
) -> Iterator[Source]:
    """Open a database through an ADBC driver, in one transaction that is never committed.

    Raises:
        InputError: the driver is not installed, or the connection fails.
    """
    try:
        connect = import_module(f"adbc_driver_{driver}.dbapi").connect
    except ImportError as error:
        raise InputError(
            f"{name}: got a database whose driver is not installed, expected adbc-driver-{driver} "
            "to be there. Install it: pip install 'chainrule[database]'"
        ) from error
    try:
        connection = connect(address)
    except Exception as error:  # each driver has its own exceptions
        raise InputError(
            f"{name}: got no connection ({short_reason(str(error))}), expected a database that "
            "lets you in. Check where it is and that it runs, and the user and the password."
        ) from error
    with connection, connection.cursor() as cursor:
        yield Source(name, cursor, database)
