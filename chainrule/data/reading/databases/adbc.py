"""ADBC: a database hands over what a query selects in columns, as Arrow lays them out.

The drivers are packages of their own; DuckDB's scanners of other databases would be downloaded
while the program runs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import duckdb

from chainrule.data.reading.databases.sql_query import reason, refused
from chainrule.errors import InputError


@dataclass(frozen=True)
class Source:
    """A database that is open.

    Attributes:
        name: for messages.
        cursor: of its driver.
        database: of DuckDB, which takes over what is fetched.
        tables: the names of those that it has.
    """

    name: str
    cursor: Any
    database: duckdb.DuckDBPyConnection
    tables: Sequence[str] = ()

    def with_tables(self, query: str) -> "Source":
        """The same, with the names of its tables, which a query selects."""
        self.fetch("tables", query)
        rows = self.database.execute("SELECT * FROM tables").fetchall()
        return replace(self, tables=[str(table) for (table,) in rows])

    def fetch(self, table: str, query: str, skipped: int = 0) -> list[str]:
        """Fetch what a query selects into a new table of DuckDB; return the names of its columns.

        Args:
            table: its name.
            query: that selects.
            skipped: rows at the beginning to leave out.
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
        except Exception as error:  # each driver has errors of its own
            raise refused(self.name, str(error), self.tables) from error
        described = self.database.execute(f"DESCRIBE {table}").fetchall()
        return [str(column) for column, *_ in described]


@contextmanager
def opened(
    driver: str, address: str, name: str, database: duckdb.DuckDBPyConnection
) -> Iterator[Source]:
    """A database, through the driver of that name, in one transaction that is never committed.

    Raises:
        InputError: the driver is not installed, or the database lets nobody in.
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
    except Exception as error:  # each driver has errors of its own
        raise InputError(
            f"{name}: got no connection ({reason(str(error))}), expected a database that lets you "
            "in. Check where it is and that it runs, and the user and the password."
        ) from error
    with connection, connection.cursor() as cursor:
        yield Source(name, cursor, database)
