"""Scan of a table that is larger than memory.

Its rows are first copied into a database on disk, where columns are typed by the same rules as in
`read`, and any range of rows can be read directly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

import duckdb
import numpy as np

from chainrule.data.memory import available_bytes
from chainrule.data.read_options import ReadKwargs, ReadOptions
from chainrule.data.reading.duckdb_sql import open_database
from chainrule.data.reading.file_format import file_kind
from chainrule.data.reading.file_patterns import resolve_paths, source_name
from chainrule.data.reading.parquet import parquet_rows, refuse_damaged
from chainrule.data.reading.read import OF_PICTURE_FILES, choose_reader
from chainrule.data.reading.select_columns import match_names, refuse_options
from chainrule.data.reading.text.csv import load_lines
from chainrule.data.reading.typed_columns import load_rows
from chainrule.data.streaming.memory import parse_bytes
from chainrule.data.streaming.rows_file import check_space, folder_on_disk
from chainrule.data.streaming.stored_rows import StoredRows
from chainrule.data.streaming.stored_texts import stored_columns
from chainrule.data.table import Column, RowLocations
from chainrule.errors import InputError
from chainrule.options import validate

# Share of the memory for the database; the rest is for the preparation and training.
SHARE_OF_DATABASE = 1 / 4
MIN_MEMORY = "1GiB"


@dataclass(frozen=True)
class Scan:
    """A table to be read in chunks.

    Attributes:
        files: CSV or Parquet files with the same columns.
        options: which columns are read, and how.
        memory: approximate limit of the process, in bytes.
    """

    files: tuple[Path, ...]
    options: ReadOptions
    memory: int

    @property
    def source(self) -> str:
        """The name of the files, for messages."""
        return source_name(list(self.files))

    @contextmanager
    def opened(self) -> Iterator[StoredRows]:
        """Copy the rows to disk and yield them; the copy is deleted at the end of the block.

        Raises:
            InputError: a file or its values can't be read, or the disk has no room for the copy.
        """
        check_space(sum(file.stat().st_size for file in self.files), "a copy of the rows")
        with open_database(temporary_in=folder_on_disk()) as (database, folder):
            database.execute(f"SET memory_limit = '{int(self.memory * SHARE_OF_DATABASE)}B'")
            if file_kind(self.files[0]) == "parquet":
                yield _from_parquet(database, self)
            else:
                yield _from_csv(database, folder, self)


def scan(data: str | Path, *, memory: str | None = None, **options: Unpack[ReadKwargs]) -> Scan:
    """Prepare to train on a table that does not fit in memory.

    chainrule.train(network, chainrule.scan("sales-*.parquet", target="price", memory="2GiB"))

    Args:
        data: path of a table as CSV or Parquet, or a pattern of the paths of several.
        memory: limit of the process, such as "2GiB"; by default half of the free memory.
        options: as of `read`; the target is required.
    Raises:
        InputError: the file does not exist, or is of another kind; memory is no size, or less than
            1 GiB, of which PyTorch alone takes a part; or an option can't be used.
    """
    return scan_table(data, validate(ReadOptions, options), memory)


def scan_table(data: str | Path, options: ReadOptions, memory: str | None = None) -> Scan:
    """Prepare to train on a large table by a record of options; as `scan` otherwise."""
    files = resolve_paths(data)
    kinds = {file_kind(file) for file in files}
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
    choose_reader(files, options)  # refuses options that the format does not have
    for names in (["path_column"], OF_PICTURE_FILES):
        refuse_options(options, "a table that is read some rows at a time", names)
    minimum = parse_bytes(MIN_MEMORY)
    if memory is not None and parse_bytes(memory) < minimum:
        raise InputError(
            f"memory: got {memory}, expected at least {MIN_MEMORY}, of which PyTorch alone takes "
            f"a part. Use --memory {MIN_MEMORY}."
        )
    allowed = available_bytes() // 2 if memory is None else parse_bytes(memory)
    return Scan(tuple(files), options, max(allowed, minimum))


def _from_parquet(database: duckdb.DuckDBPyConnection, scan: Scan) -> StoredRows:
    with refuse_damaged(scan.source):
        rows = parquet_rows(database, [*scan.files])
        scan = replace(scan, options=match_names(scan.options, list(rows[0].types)))
        loaded = load_rows(database, scan.source, rows, scan.options)
    stored = _stored(
        database,
        scan,
        loaded.columns,
        loaded.row_locations,
        loaded.notes,
        fixed=loaded.fixed,
    )
    return replace(stored, kept=loaded.kept)


def _from_csv(database: duckdb.DuckDBPyConnection, folder: Path, scan: Scan) -> StoredRows:
    lines = load_lines(database, folder, [*scan.files], scan.options, table="loaded_rows")
    scan = replace(scan, options=lines.options)
    columns = [Column(name, np.empty(0, np.object_)) for name in lines.names]
    stored = _stored(
        database,
        scan,
        columns,
        lines.row_locations,
        lines.notes,
        delimiter=lines.delimiter,
    )
    kept = [Column(name, np.empty(0, np.object_)) for name in scan.options.keep]
    return replace(stored, kept=tuple(kept))


def _stored(
    database: duckdb.DuckDBPyConnection,
    scan: Scan,
    columns: Sequence[Column],
    row_locations: RowLocations,
    notes: Sequence[str],
    *,
    fixed: Collection[str] = (),
    delimiter: str | None = None,
) -> StoredRows:
    stored, options, more_notes = stored_columns(
        database,
        scan.source,
        columns,
        scan.options,
        fixed=fixed,
        delimiter=delimiter,
        row_locations=row_locations,
    )
    return StoredRows(
        scan.source,
        database,
        stored,
        row_locations,
        scan.memory,
        (*notes, *more_notes),
        options,
    )
