"""PostgreSQL servers, read through the ADBC driver in a read-only transaction."""

import re
from urllib.parse import urlsplit, urlunsplit

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.adbc import open_source
from chainrule.data.reading.databases.sql_query import note_on_order, select_query, sql_name
from chainrule.data.reading.duckdb_sql import open_database
from chainrule.data.reading.typed_columns import TypedRows, read_typed_rows
from chainrule.data.table import Table, no_rows

URL = re.compile(r"postgres(ql)?://")


def is_server(text: str) -> bool:
    """Return whether a text is the URL of a PostgreSQL server.

    >>> is_server("postgresql://me@localhost/shop"), is_server("shop.duckdb")
    (True, False)
    """
    return URL.match(text) is not None


def without_password(url: str) -> str:
    """Remove the password from a URL, so that it can be shown and stored.

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
    """Read the rows that a query selects from a PostgreSQL server.

    Raises:
        InputError: the server or the query can't be used.
    """
    name = without_password(url)
    with open_database() as (database, _), open_source("postgresql", url, name, database) as server:
        # All queries see the same rows, whatever is written meanwhile.
        server.cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        source = server.with_tables(
            "SELECT table_name::text FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        query = select_query(name, options, source.tables)
        columns = source.fetch("named", f"SELECT * FROM {query} AS chosen LIMIT 0")
        kinds = [f"pg_typeof({sql_name(c)})::text AS c{i}" for i, c in enumerate(columns)]
        source.fetch("kinds", f"SELECT {', '.join(kinds)} FROM {query} AS chosen LIMIT 1")
        first_kinds = database.execute("SELECT * FROM kinds").fetchall()
        if not first_kinds:
            raise no_rows(name)
        values = [_value(c, kind) for c, kind in zip(columns, first_kinds[0], strict=True)]
        source.fetch("fetched", f"SELECT {', '.join(values)} FROM {query} AS chosen")
        described = database.execute("DESCRIBE fetched").fetchall()
        kinds_read = [str(kind) for _, kind, *_ in described]
        types = dict(zip(columns, kinds_read, strict=True))
        parts = [TypedRows(name, "fetched", types, {})]
        return read_typed_rows(database, name, parts, options, note_on_order(name, query))


def _value(column: str, kind: str) -> str:
    """Return SQL for the values of a column, in a type that the driver preserves.

    The driver returns exact numbers as text, and money as an integer number of cents.
    """
    value = sql_name(column)
    return f"{value}::numeric::float8 AS {value}" if kind in ("numeric", "money") else value
