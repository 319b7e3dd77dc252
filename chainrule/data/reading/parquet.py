"""Parquet files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import file_name, open_database
from chainrule.data.reading.file_patterns import check_same_columns, file_names, source_name
from chainrule.data.reading.typed_columns import TypedRows, read_typed_rows
from chainrule.data.table import Table
from chainrule.errors import InputError


def read_parquet(files: list[Path], options: ReadOptions) -> Table:
    """Read Parquet files as a table.

    Args:
        files: with the same columns, in any order.
        options: which columns are read, and how.
    Raises:
        InputError: a file is damaged, a column is missing, or a number is infinite.
    """
    with open_database() as (database, _), refuse_damaged(file_names(files)[-1]):
        return read_typed_rows(database, source_name(files), parquet_rows(database, files), options)


def parquet_rows(database: duckdb.DuckDBPyConnection, files: list[Path]) -> list[TypedRows]:
    """Return the rows of each file.

    Raises:
        InputError: a file is damaged, or has other columns than the first.
    """
    parts = []
    for file, name in zip(files, file_names(files), strict=True):
        with refuse_damaged(name):
            parts.append(_rows(database, file, name))
    check_same_columns({part.name: list(part.types) for part in parts})
    return parts


@contextmanager
def refuse_damaged(name: str) -> Iterator[None]:
    """Turn errors of DuckDB into an `InputError` that names the file.

    Raises:
        InputError: DuckDB could not read the file.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise  # `open_database` tells it
    except duckdb.Error as error:
        raise InputError(
            f"{name}: got Parquet that cannot be read "
            f"({str(error).splitlines()[0]}), expected a whole file. Write or fetch it again."
        ) from error


def _rows(database: duckdb.DuckDBPyConnection, file: Path, name: str) -> TypedRows:
    path = {"path": file_name(file)}
    schema = database.execute("DESCRIBE SELECT * FROM read_parquet($path)", path).fetchall()
    types = [str(kind) for _, kind, *_ in schema]
    names = _names(database, path)
    return TypedRows(name, "read_parquet($path)", dict(zip(names, types, strict=True)), path)


def _names(database: duckdb.DuckDBPyConnection, path: dict[str, str]) -> list[str]:
    """Return the names of the columns as in the file; DuckDB renames equal ones but for case.

    The schema is a tree in depth-first order, of which the columns are the children of the root.
    """
    query = "SELECT name, coalesce(num_children, 0) FROM parquet_schema($path)"
    (_, columns), *fields = database.execute(query, path).fetchall()
    names: list[str] = []
    below = 0  # fields of the last column that are still to come
    for name, children in fields:
        if below == 0 and len(names) < columns:
            names.append(str(name))
            below = 1
        below += children - 1
    return names
