"""The SQL that CSV and Parquet share. Both fill a table `given` with columns c0, c1, ... first.

Then columns are asked for some at a time: DuckDB holds every step of every expression of a query in
memory at once, so one query for all columns of a wide table would take gigabytes, while a query for
each column would spend its time on being planned.
"""

import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.spelling import counted
from chainrule.data.table import Column

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


def fill(
    database: duckdb.DuckDBPyConnection, values: list[str], file: str, parameters: dict[str, str]
) -> int:
    """Fill the table `given`, and return how many rows it has.

    Args:
        database: without that table yet.
        values: SQL for each column.
        file: SQL that reads the file.
        parameters: of that SQL.
    """
    columns = [f"{value} AS c{place}" for place, value in enumerate(values)]
    database.execute(
        f"CREATE TEMP TABLE given AS SELECT {', '.join(columns) or 'NULL AS nothing'} FROM {file}",
        parameters,
    )
    return int(one_row(database, "SELECT count(*) FROM given")[0])


def one_row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The answer to a query that has one row."""
    row = database.execute(query).fetchone()
    assert row is not None  # every query here counts, or looks for what was counted before
    return row


def count(database: duckdb.DuckDBPyConnection, counts: list[str]) -> list[int]:
    """The value of each of these SQL aggregates of the table `given`."""
    return [
        value
        for start in range(0, len(counts), BATCH)
        for value in one_row(
            database, f"SELECT {', '.join(counts[start : start + BATCH])} FROM given"
        )
    ]


def fetch_columns(
    database: duckdb.DuckDBPyConnection, names: list[str], values: list[str], numeric: set[str]
) -> list[Column]:
    """Columns of the table `given`.

    Args:
        database: with that table.
        names: of the columns.
        values: SQL for the values of each, numbers or text; NULL is missing.
        numeric: the names of those that are numbers.
    """
    columns: list[Column] = []
    for start in range(0, len(names), BATCH):
        selected = [f"{value} AS v{i}" for i, value in enumerate(values[start : start + BATCH])]
        arrays = database.execute(f"SELECT {', '.join(selected)} FROM given").fetchnumpy()
        columns += [
            Column(name, _filled(arrays[f"v{i}"], name in numeric))
            for i, name in enumerate(names[start : start + BATCH])
        ]
    return columns


def _filled(fetched: NDArray[Any], numeric: bool) -> NDArray[Any]:
    """NaN or None where DuckDB has NULL, which it fetches as a masked array."""
    if numeric:
        return np.ma.filled(fetched.astype(np.float64), np.nan)
    values: NDArray[Any] = np.ma.getdata(fetched).astype(np.object_)
    values[np.ma.getmaskarray(fetched)] = None  # filled(None) would fill in a '?'
    return values


def note_on_copies(database: duckdb.DuckDBPyConnection, source: str, rows: int) -> list[str]:
    """What to tell about rows of the table `given` that are equal in every column."""
    copies = rows - int(one_row(database, "SELECT count(DISTINCT hash(given)) FROM given")[0])
    if not copies:
        return []
    verb = "is a copy" if copies == 1 else "are copies"
    return [
        f"{source}: {counted(copies, 'row')} of {rows:,} {verb} of an earlier one; where training "
        "and test rows are drawn from this file, copies in both make the test look too good"
    ]
