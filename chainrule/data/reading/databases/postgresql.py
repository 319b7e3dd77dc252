"""A PostgreSQL server, through its ADBC driver, in a transaction for reading only."""

import re
from urllib.parse import urlsplit, urlunsplit

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.adbc import opened
from chainrule.data.reading.databases.sql_query import note_on_order, selection, sql_name
from chainrule.data.reading.duckdb_sql import connected
from chainrule.data.reading.typed_columns import Rows, table_of_rows
from chainrule.data.table import Table, no_rows

URL = re.compile(r"postgres(ql)?://")


def is_server(given: str) -> bool:
    """Whether a text is the URL of a PostgreSQL server.

    >>> is_server("postgresql://me@localhost/shop"), is_server("shop.duckdb")
    (True, False)
    """
    return URL.match(given) is not None


def without_password(url: str) -> str:
    """The URL of a server as it may be shown and stored.

    >>> without_password("postgresql://me:secret@localhost/shop?password=secret&sslmode=require")
    'postgresql://me@localhost/shop?sslmode=require'
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    options = [option for option in parts.query.split("&") if not option.startswith("password=")]
    return urlunsplit(
        parts._replace(netloc=user.split(":")[0] + at + host, query="&".join(options))
    )


def read_postgresql(url: str, options: ReadOptions) -> Table:
    """The rows that a query selects from a PostgreSQL server.

    Raises:
        InputError: the server or the query can't be used.
    """
    name = without_password(url)
    with connected() as (database, _), opened("postgresql", url, name, database) as found:
        # All that is asked sees the same rows, whoever is writing meanwhile.
        found.cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        source = found.with_tables(
            "SELECT table_name::text FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        query = selection(name, options, source.tables)
        columns = source.fetch("named", f"SELECT * FROM {query} AS chosen LIMIT 0")
        kinds = [f"pg_typeof({sql_name(c)})::text AS c{i}" for i, c in enumerate(columns)]
        source.fetch("kinds", f"SELECT {', '.join(kinds)} FROM {query} AS chosen LIMIT 1")
        kinds_found = database.execute("SELECT * FROM kinds").fetchall()
        if not kinds_found:
            raise no_rows(name)
        values = [_value(c, kind) for c, kind in zip(columns, kinds_found[0], strict=True)]
        source.fetch("fetched", f"SELECT {', '.join(values)} FROM {query} AS chosen")
        described = database.execute("DESCRIBE fetched").fetchall()
        types = {str(column): str(kind) for column, kind, *_ in described}
        parts = [Rows(name, "fetched", types, {})]
        return table_of_rows(database, name, parts, options, note_on_order(name, query))


def _value(column: str, kind: str) -> str:
    """SQL for the values of a column, of a type that arrives as what it is.

    The driver hands exact numbers over as text, and money as a whole number of cents.
    """
    value = sql_name(column)
    return f"{value}::numeric::float8 AS {value}" if kind in ("numeric", "money") else value
