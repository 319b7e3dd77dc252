"""SQL shared by all sources, which first load their rows into a table with columns c0, c1, ...

Columns are then fetched in batches: DuckDB holds the intermediate results of all expressions of a
query in memory, so one query for all columns of a wide table would take gigabytes, and one query
per column would spend most of its time on planning.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import NUMBER_MACROS, pluralised
from chainrule.data.table import Column
from chainrule.errors import InputError

BATCH = 64  # expressions per query
RARE_BLANKS = "\t\r\n\u00a0\u3000"  # trim() is five times as slow with these


def file_name(path: Path) -> str:
    """Escape a path for DuckDB, which would otherwise read a[1].csv as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def cleaned_text(text: str, missing: list[str]) -> str:
    """Return SQL for a text without surrounding blanks, NULL if it marks a missing value."""
    return f"""
        CASE WHEN {is_missing(text, missing)} THEN NULL
             WHEN regexp_matches({text}, '[{RARE_BLANKS}]') THEN trim({text}, ' {RARE_BLANKS}')
             ELSE trim({text}) END
    """


def is_missing(text: str, missing: list[str]) -> str:
    """Return the SQL condition that a text marks a missing value, with or without blanks.

    All marks are one pattern, as every expression of every column of a wide table takes time.
    """
    marks = "|".join(re.escape(mark) for mark in missing)
    pattern = f"[ {RARE_BLANKS}]*({marks})[ {RARE_BLANKS}]*".replace("'", "''")
    return f"regexp_full_match({text}, '{pattern}')"


def is_code(text: str) -> str:
    """Return the SQL condition that a text may be a code such as 01 or 5E3 and no number."""
    begins = f"(starts_with({text}, '0') AND length({text}) > 1 AND NOT starts_with({text}, '0.'))"
    return f"({begins} OR regexp_full_match({text}, '\\d+E\\d+'))"


@contextmanager
def open_database(
    file: Path | None = None, *, temporary_in: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Open a database in memory or in a file, with a temporary folder.

    A file is opened read-only, and queries can't reach anything else. Nothing is downloaded, and
    times with a time zone are converted to UTC on any machine.
    Args:
        file: the database file; None for a database in memory.
        temporary_in: the parent of the temporary folder; by default that of the machine.
    Raises:
        InputError: the rows need more memory than there is.
    """
    with TemporaryDirectory(
        prefix="chainrule-", dir=temporary_in, ignore_cleanup_errors=True
    ) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(Path(folder) / "spilled"),
        }
        with duckdb.connect(
            file or ":memory:", read_only=file is not None, config=config
        ) as database:
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET enable_progress_bar = false")  # it would mix with the output
            if file is not None:
                database.execute("SET enable_external_access = false")
            for macro in NUMBER_MACROS:
                database.execute(macro)
            try:
                yield database, Path(folder)
            except duckdb.OutOfMemoryException as error:
                raise _out_of_memory(error) from error


def _out_of_memory(error: duckdb.OutOfMemoryException) -> InputError:
    reason = str(error).splitlines()[0].removeprefix("Out of Memory Error: ").strip()
    return InputError(
        f"got more data than memory or disk hold ({reason}), expected data that fits. Give fewer "
        "rows or columns, or free memory; --memory of chainrule train reads CSV and Parquet some "
        "rows at a time."
    )


def append_rows(
    database: duckdb.DuckDBPyConnection,
    table: str,
    values: list[str],
    rows: str,
    parameters: dict[str, str],
) -> int:
    """Append rows to a table, which is created if it does not exist, and return their number.

    Args:
        database: of the table.
        table: its name; its columns are c0, c1, ...
        values: SQL expression of each column.
        rows: SQL of the FROM clause.
        parameters: of the SQL.
    """
    columns = [f"{value} AS c{index}" for index, value in enumerate(values)]
    select = f"SELECT {', '.join(columns) or 'NULL AS nothing'} FROM {rows}"
    exists = bool(
        database.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = $name",
            {"name": table},
        ).fetchall()[0][0]
    )
    statement = f"INSERT INTO {table}" if exists else f"CREATE TEMP TABLE {table} AS"
    before = int(fetch_row(database, f"SELECT count(*) FROM {table}")[0]) if exists else 0
    database.execute(f"{statement} {select}", parameters)
    return int(fetch_row(database, f"SELECT count(*) FROM {table}")[0]) - before


def fetch_row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the result of a query with exactly one row."""
    row: tuple[Any, ...]
    (row,) = database.execute(query).fetchall()
    return row


def aggregate(database: duckdb.DuckDBPyConnection, table: str, aggregates: list[str]) -> list[int]:
    """Return the value of each SQL aggregate of a table."""
    return [
        value
        for start in range(0, len(aggregates), BATCH)
        for value in fetch_row(
            database, f"SELECT {', '.join(aggregates[start : start + BATCH])} FROM {table}"
        )
    ]


def fetch_columns(
    database: duckdb.DuckDBPyConnection, table: str, values: dict[int, str]
) -> Iterator[tuple[int, np.ma.MaskedArray[Any, Any]]]:
    """Yield the index and the values of columns, in the order of the rows, NULL masked.

    Args:
        database: of the table.
        table: its name.
        values: SQL expression of each column, by its index.
    """
    items = list(values.items())
    for start in range(0, len(items), BATCH):
        selected = [f"{value} AS v{index}" for index, value in items[start : start + BATCH]]
        arrays = database.execute(f"SELECT {', '.join(selected)} FROM {table}").fetchnumpy()
        for index, _ in items[start : start + BATCH]:
            yield index, np.ma.asarray(arrays[f"v{index}"])


def fetch_kept(
    database: duckdb.DuckDBPyConnection,
    rows: str,
    names: Sequence[str],
    first: int,
    types: Sequence[str | None] = (),
) -> list[Column]:
    """Return columns to give back: their texts as they stand in the source.

    Args:
        database: of the rows.
        rows: SQL of the rows, for a FROM clause.
        names: of the columns.
        first: number of the first of them: they are c`first` and those that follow.
        types: in the source; by default they are text.
    """
    values = {first + index: f"c{first + index}" for index in range(len(names))}
    arrays = [texts_of(array) for _, array in fetch_columns(database, rows, values)]
    stored = types or [None] * len(names)
    return [
        Column(name, array, stored_type=type_)
        for name, array, type_ in zip(names, arrays, stored, strict=True)
    ]


def numbers_of(array: np.ma.MaskedArray[Any, Any]) -> NDArray[np.float64]:
    """Return fetched numbers, with NaN for NULL."""
    return np.ma.filled(array.astype(np.float64), np.nan)


def texts_of(array: np.ma.MaskedArray[Any, Any]) -> NDArray[np.object_]:
    """Return fetched texts, with None for NULL."""
    values: NDArray[np.object_] = np.ma.getdata(array).astype(np.object_)
    values[np.ma.getmaskarray(array)] = None  # filled(None) would insert '?'
    return values


def note_on_duplicates(
    database: duckdb.DuckDBPyConnection, table: str, source: str, rows: int
) -> list[str]:
    """Return a note on the rows of a table that are equal in every column."""
    distinct = fetch_row(database, f"SELECT count(DISTINCT hash({table})) FROM {table}")[0]
    return duplicates_note(source, rows - int(distinct), rows)


def duplicates_note(source: str, copies: int, rows: int) -> list[str]:
    """Return a note on rows that are copies of earlier ones, if there are any."""
    if not copies:
        return []
    verb = "is a copy" if copies == 1 else "are copies"
    return [f"{source}: {pluralised(copies, 'row')} of {rows:,} {verb} of an earlier one"]
