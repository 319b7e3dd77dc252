"""Scan: a table that stays in its file, as it is larger than memory, and how its rows are read.

Its rows are first copied into a database that keeps them on disk: there they are of columns that
are understood by the same rules as those of `read`, and any stretch of them is found at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from chainrule.data.reading.duckdb_sql import cleaned, connected
from chainrule.data.reading.file_format import kind_of
from chainrule.data.reading.file_patterns import name_of, resolve_paths
from chainrule.data.reading.parquet import parquet_rows, refused_if_damaged
from chainrule.data.reading.read_options import Decimal, Request
from chainrule.data.reading.text.csv import fill_lines
from chainrule.data.reading.text.numeric_columns import notes_on_styles, numeric_columns
from chainrule.data.reading.typed_columns import fill_given
from chainrule.data.streaming.memory import available_bytes, parse_bytes
from chainrule.data.streaming.rows_file import check_space, folder_on_disk
from chainrule.data.streaming.stored_rows import StoredColumn, StoredRows
from chainrule.data.table import Column, RowLocations
from chainrule.errors import InputError

# Of the memory, what the database may have; the rest is for what is prepared and learned.
SHARE_OF_DATABASE = 1 / 4
MIN_MEMORY = "1GiB"


@dataclass(frozen=True)
class Scan:
    """A table to be read some rows at a time.

    Attributes:
        files: of CSV or Parquet, of the same columns.
        request: which columns are wanted.
        memory: bytes that the process may have, about.
    """

    files: tuple[Path, ...]
    request: Request
    memory: int

    @property
    def source(self) -> str:
        """The name of the files, for messages."""
        return name_of(list(self.files))

    @contextmanager
    def opened(self) -> Iterator[StoredRows]:
        """The rows, copied to a disk; the copy is gone when the block ends, however it ends.

        Raises:
            InputError: a file can't be read, its values can't be understood, or the disk has no
                room for the copy.
        """
        check_space(sum(file.stat().st_size for file in self.files), "a copy of the rows")
        with connected(passing=folder_on_disk()) as (database, folder):
            database.execute(f"SET memory_limit = '{int(self.memory * SHARE_OF_DATABASE)}B'")
            if kind_of(self.files[0]) == "parquet":
                yield _from_parquet(database, self)
            else:
                yield _from_csv(database, folder, self)


def scan(
    data: str | Path,
    *,
    target: str,
    memory: str | None = None,
    missing: Sequence[str] = (),
    categorical: Sequence[str] = (),
    text_encoding: str | None = None,
    decimal: Decimal | None = None,
) -> Scan:
    """A table to train on that does not fit in memory.

    chainrule.train(network, chainrule.scan("sales-*.parquet", target="price", memory="2GiB"))

    Args:
        data: path of a table as CSV or Parquet, or a pattern of the paths of several.
        target: the column to be learned.
        memory: that the process may have, such as "2GiB"; by default half of what is free.
        missing, categorical, text_encoding, decimal: as of `read`.
    Raises:
        InputError: there is no such file, or it is none of these, or memory is no size, or less
            than 1 GiB, of which PyTorch alone takes a part.
    """
    files = resolve_paths(data)
    kinds = {kind_of(file) for file in files}
    if not kinds <= {"csv"} and not kinds <= {"parquet"}:
        raise InputError(
            f"{data}: got {' and '.join(sorted(kinds))}, expected CSV or Parquet alone, of which "
            "rows can be read some at a time. Convert it, or read all of it with read."
        )
    request = Request(target, missing, categorical, None, None, text_encoding, decimal)
    least = parse_bytes(MIN_MEMORY)
    if memory is not None and parse_bytes(memory) < least:
        raise InputError(
            f"memory: got {memory}, expected at least {MIN_MEMORY}, of which PyTorch alone takes "
            f"a part. Use --memory {MIN_MEMORY}."
        )
    allowed = available_bytes() // 2 if memory is None else parse_bytes(memory)
    return Scan(tuple(files), request, max(allowed, least))


def _from_parquet(database: duckdb.DuckDBPyConnection, scan: Scan) -> StoredRows:
    with refused_if_damaged(scan.source):
        rows = parquet_rows(database, [*scan.files])
        given = fill_given(database, scan.source, rows, scan.request)
    columns = [StoredColumn(empty, f"c{place}") for place, empty in enumerate(given.columns)]
    return _stored(database, scan, columns, given.places, given.notes)


def _from_csv(database: duckdb.DuckDBPyConnection, folder: Path, scan: Scan) -> StoredRows:
    request = scan.request
    clean = partial(cleaned, missing=request.missing_spellings)
    lines = fill_lines(database, folder, [*scan.files], request, table="given", kept=clean)
    names = dict(enumerate(lines.names))
    free = {place: name for place, name in names.items() if name not in request.categorical}
    numeric = numeric_columns(database, lines.places, free, lines.styles)
    columns = [
        StoredColumn(
            Column(
                name,
                np.empty(0, np.float64 if place in numeric else np.object_),
                declared=request.declared(name),
            ),
            f"{numeric[place].macro}(c{place})" if place in numeric else f"c{place}",
        )
        for place, name in names.items()
    ]
    notes = (*lines.notes, *notes_on_styles(scan.source, names, numeric))
    return _stored(database, scan, columns, lines.places, notes)


def _stored(
    database: duckdb.DuckDBPyConnection,
    scan: Scan,
    columns: list[StoredColumn],
    places: RowLocations,
    notes: tuple[str, ...],
) -> StoredRows:
    return StoredRows(scan.source, database, tuple(columns), places, scan.memory, notes)
