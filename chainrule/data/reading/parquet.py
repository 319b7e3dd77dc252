"""Parquet: its columns have types already, which become numbers or categories."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import connected, file_name
from chainrule.data.reading.file_patterns import each_name, name_of, same_columns
from chainrule.data.reading.typed_columns import Rows, table_of_rows
from chainrule.data.table import Table
from chainrule.errors import InputError


def read_parquet(files: list[Path], options: ReadOptions) -> Table:
    """The table in Parquet files.

    Args:
        files: of the same columns, in any order.
        options: which columns are wanted, and how they are read.
    Raises:
        InputError: a file is damaged, or lacks what is wanted, or holds an infinite number.
    """
    with connected() as (database, _), refused_if_damaged(each_name(files)[-1]):
        return table_of_rows(database, name_of(files), parquet_rows(database, files), options)


def parquet_rows(database: duckdb.DuckDBPyConnection, files: list[Path]) -> list[Rows]:
    """The rows of each file.

    Raises:
        InputError: a file is damaged, or has other columns than the first.
    """
    parts = []
    for file, name in zip(files, each_name(files), strict=True):
        with refused_if_damaged(name):
            parts.append(_rows(database, file, name))
    same_columns({part.name: list(part.types) for part in parts})
    return parts


@contextmanager
def refused_if_damaged(name: str) -> Iterator[None]:
    """Say of which file it is that DuckDB can't read.

    Raises:
        InputError: it could not.
    """
    try:
        yield
    except duckdb.Error as error:
        raise InputError(
            f"{name}: got Parquet that cannot be read "
            f"({str(error).splitlines()[0]}), expected a whole file. Write or fetch it again."
        ) from error


def _rows(database: duckdb.DuckDBPyConnection, file: Path, name: str) -> Rows:
    path = {"path": file_name(file)}
    schema = database.execute("DESCRIBE SELECT * FROM read_parquet($path)", path).fetchall()
    types = {str(column): str(kind) for column, kind, *_ in schema}
    return Rows(name, "read_parquet($path)", types, path)
