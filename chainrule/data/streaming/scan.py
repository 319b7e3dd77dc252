"""Scan: a table that stays in its file, as it is larger than memory, and how its rows are read.

Its rows are first copied into a database that keeps them on disk: there they are of columns that
are understood by the same rules as those of `read`, and any stretch of them is found at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Unpack

import duckdb
import numpy as np

from chainrule.data.read_options import ReadKwargs, ReadOptions
from chainrule.data.reading.duckdb_sql import cleaned, connected
from chainrule.data.reading.file_format import kind_of
from chainrule.data.reading.file_patterns import name_of, resolve_paths
from chainrule.data.reading.parquet import parquet_rows, refused_if_damaged
from chainrule.data.reading.read import choose_reader
from chainrule.data.reading.select_columns import declared_kind, refuse_options
from chainrule.data.reading.text.csv import fill_lines
from chainrule.data.reading.text.numeric_columns import notes_on_styles, numeric_columns
from chainrule.data.reading.typed_columns import fill_given
from chainrule.data.streaming.memory import available_bytes, parse_bytes
from chainrule.data.streaming.rows_file import check_space, folder_on_disk
from chainrule.data.streaming.stored_rows import StoredColumn, StoredRows
from chainrule.data.table import Column, RowLocations
from chainrule.errors import InputError
from chainrule.options import validate

# Of the memory, what the database may have; the rest is for what is prepared and learned.
SHARE_OF_DATABASE = 1 / 4
MIN_MEMORY = "1GiB"


@dataclass(frozen=True)
class Scan:
    """A table to be read some rows at a time.

    Attributes:
        files: of CSV or Parquet, of the same columns.
        options: which columns are wanted, and how they are read.
        memory: bytes that the process may have, about.
    """

    files: tuple[Path, ...]
    options: ReadOptions
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


def scan(data: str | Path, *, memory: str | None = None, **options: Unpack[ReadKwargs]) -> Scan:
    """Prepare to train on a table that does not fit in memory.

    chainrule.train(network, chainrule.scan("sales-*.parquet", target="price", memory="2GiB"))

    Args:
        data: path of a table as CSV or Parquet, or a pattern of the paths of several.
        memory: that the process may have, such as "2GiB"; by default half of what is free.
        options: as of `read`; the target is needed.
    Raises:
        InputError: there is no such file, or it is none of these, or memory is no size, or less
            than 1 GiB, of which PyTorch alone takes a part; or an option can't be used.
    """
    return scan_table(data, validate(ReadOptions, options), memory)


def scan_table(data: str | Path, options: ReadOptions, memory: str | None = None) -> Scan:
    """Prepare to train on a large table by a record of options; as `scan` otherwise."""
    files = resolve_paths(data)
    kinds = {kind_of(file) for file in files}
    if not kinds <= {"csv"} and not kinds <= {"parquet"}:
        raise InputError(
            f"{data}: got {' and '.join(sorted(kinds))}, expected CSV or Parquet alone, of which "
            "rows can be read some at a time. Convert it, or read all of it with read."
        )
    if options.target is None:
        raise InputError(
            f"{data}: got no target, expected the column to predict. Name it with --target, or "
            "scan(..., target=...)."
        )
    choose_reader(files, options)  # refuses options that mean nothing for the format
    refuse_options(options, "a table that is read some rows at a time", ["path_column"])
    least = parse_bytes(MIN_MEMORY)
    if memory is not None and parse_bytes(memory) < least:
        raise InputError(
            f"memory: got {memory}, expected at least {MIN_MEMORY}, of which PyTorch alone takes "
            f"a part. Use --memory {MIN_MEMORY}."
        )
    allowed = available_bytes() // 2 if memory is None else parse_bytes(memory)
    return Scan(tuple(files), options, max(allowed, least))


def _from_parquet(database: duckdb.DuckDBPyConnection, scan: Scan) -> StoredRows:
    with refused_if_damaged(scan.source):
        rows = parquet_rows(database, [*scan.files])
        given = fill_given(database, scan.source, rows, scan.options)
    columns = [StoredColumn(empty, f"c{place}") for place, empty in enumerate(given.columns)]
    return _stored(database, scan, columns, given.places, given.notes, scan.options)


def _from_csv(database: duckdb.DuckDBPyConnection, folder: Path, scan: Scan) -> StoredRows:
    options = scan.options
    clean = partial(cleaned, missing=options.missing_texts)
    lines = fill_lines(database, folder, [*scan.files], options, table="given", kept=clean)
    names = dict(enumerate(lines.names))
    free = {place: name for place, name in names.items() if name not in options.names}
    numeric = numeric_columns(database, lines.places, free, lines.styles)
    columns = [
        StoredColumn(
            Column(
                name,
                np.empty(0, np.float64 if place in numeric else np.object_),
                declared=declared_kind(options, name),
            ),
            f"{numeric[place].macro}(c{place})" if place in numeric else f"c{place}",
        )
        for place, name in names.items()
    ]
    notes = (*lines.notes, *notes_on_styles(scan.source, names, numeric))
    return _stored(database, scan, columns, lines.places, notes, options)


def _stored(
    database: duckdb.DuckDBPyConnection,
    scan: Scan,
    columns: list[StoredColumn],
    places: RowLocations,
    notes: tuple[str, ...],
    options: ReadOptions,
) -> StoredRows:
    return StoredRows(scan.source, database, tuple(columns), places, scan.memory, notes, options)
