"""The SQL that all sources share. Each fills a table with columns c0, c1, ... first.

Then columns are asked for some at a time: DuckDB holds every step of every expression of a query in
memory at once, so one query for all columns of a wide table would take gigabytes, while a query for
each column would spend its time on being planned.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import NUMBER_MACROS, pluralised

BATCH = 64  # expressions in a query
RARE_BLANKS = "\t\r\n\u00a0\u3000"  # trim() is five times as slow where it is told of these


def file_name(path: Path) -> str:
    """The path for DuckDB, which would otherwise take a[1].csv for a pattern of names."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def cleaned(text: str, missing: list[str]) -> str:
    """SQL for a text without blanks around it, NULL where it is a spelling of a missing value.

    One pattern for all spellings, as a wide table pays for every step of every column.
    """
    spellings = "|".join(re.escape(spelling) for spelling in missing)
    pattern = f"[ {RARE_BLANKS}]*({spellings})[ {RARE_BLANKS}]*"
    return f"""
        CASE WHEN regexp_full_match({text}, '{pattern.replace("'", "''")}') THEN NULL
             WHEN regexp_matches({text}, '[{RARE_BLANKS}]') THEN trim({text}, ' {RARE_BLANKS}')
             ELSE trim({text}) END
    """


@contextmanager
def connected(
    file: Path | None = None, *, passing: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database in memory, or the one in a file, and a folder for what is passing.

    That of a file is for reading only, and what it is asked can reach nothing else. Nothing is
    fetched from a network, and dates with a time zone are told in UTC on any machine.
    Args:
        file: of a database.
        passing: where the folder is made; where the machine has such things if not given.
    """
    with TemporaryDirectory(prefix="chainrule-", dir=passing, ignore_cleanup_errors=True) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(Path(folder) / "spilled"),
        }
        with duckdb.connect(file or ":memory:", read_only=file is not None, config=config) as made:
            made.execute("SET TimeZone = 'UTC'")
            made.execute("SET enable_progress_bar = false")  # it would stand among the results
            if file is not None:
                made.execute("SET enable_external_access = false")
            for macro in NUMBER_MACROS:
                made.execute(macro)
            yield made, Path(folder)


def fill(
    database: duckdb.DuckDBPyConnection,
    table: str,
    values: list[str],
    rows: str,
    parameters: dict[str, str],
) -> int:
    """Add rows to a table, which is made if need be, and return how many they are.

    Args:
        database: with the table, if these are not its first rows.
        table: its name; its columns are c0, c1, ...
        values: SQL for each column.
        rows: SQL that they are selected from.
        parameters: of that SQL.
    """
    columns = [f"{value} AS c{place}" for place, value in enumerate(values)]
    select = f"SELECT {', '.join(columns) or 'NULL AS nothing'} FROM {rows}"
    there = bool(
        database.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = $name",
            {"name": table},
        ).fetchall()[0][0]
    )
    made = f"INSERT INTO {table} {select}" if there else f"CREATE TEMP TABLE {table} AS {select}"
    before = int(one_row(database, f"SELECT count(*) FROM {table}")[0]) if there else 0
    database.execute(made, parameters)
    return int(one_row(database, f"SELECT count(*) FROM {table}")[0]) - before


def one_row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The answer to a query that has one row."""
    row: tuple[Any, ...]
    (row,) = database.execute(query).fetchall()  # every query here counts, or looks for a row
    return row


def count(database: duckdb.DuckDBPyConnection, table: str, counts: list[str]) -> list[int]:
    """The value of each of these SQL aggregates of a table."""
    return [
        value
        for start in range(0, len(counts), BATCH)
        for value in one_row(
            database, f"SELECT {', '.join(counts[start : start + BATCH])} FROM {table}"
        )
    ]


def fetched(
    database: duckdb.DuckDBPyConnection, table: str, values: dict[int, str]
) -> Iterator[tuple[int, np.ma.MaskedArray[Any, Any]]]:
    """The values of columns of a table, in the order of its rows, masked where they are NULL.

    Args:
        database: with that table.
        table: its name.
        values: SQL for the values of each column, by its place.
    """
    every = list(values.items())
    for start in range(0, len(every), BATCH):
        selected = [f"{value} AS v{place}" for place, value in every[start : start + BATCH]]
        arrays = database.execute(f"SELECT {', '.join(selected)} FROM {table}").fetchnumpy()
        for place, _ in every[start : start + BATCH]:
            yield place, np.ma.asarray(arrays[f"v{place}"])


def numbers_of(array: np.ma.MaskedArray[Any, Any]) -> NDArray[np.float64]:
    """Fetched numbers, NaN where they are NULL."""
    return np.ma.filled(array.astype(np.float64), np.nan)


def texts_of(array: np.ma.MaskedArray[Any, Any]) -> NDArray[np.object_]:
    """Fetched texts, None where they are NULL."""
    values: NDArray[np.object_] = np.ma.getdata(array).astype(np.object_)
    values[np.ma.getmaskarray(array)] = None  # filled(None) would fill in a '?'
    return values


def note_on_copies(
    database: duckdb.DuckDBPyConnection, table: str, source: str, rows: int
) -> list[str]:
    """What to tell about rows of a table that are equal in every column."""
    distinct = one_row(database, f"SELECT count(DISTINCT hash({table})) FROM {table}")[0]
    return copies_note(source, rows - int(distinct), rows)


def copies_note(source: str, copies: int, rows: int) -> list[str]:
    """What to tell about so many rows that are copies of earlier ones."""
    if not copies:
        return []
    verb = "is a copy" if copies == 1 else "are copies"
    return [
        f"{source}: {pluralised(copies, 'row')} of {rows:,} {verb} of an earlier one; where "
        "training and test rows are drawn from this file, copies in both make the test look too "
        "good"
    ]
