"""Reading in chunks: tables larger than memory chunk by chunk, any other source in one chunk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chainrule.data.dataset import Dataset
from chainrule.data.memory import available_bytes
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.data.reading.read import choose_reader, read_dataset
from chainrule.data.streaming.memory import estimate_memory, parse_bytes
from chainrule.data.streaming.scan import MIN_MEMORY, Scan


def read_chunks(
    data: str | Path, options: ReadOptions, *, explicit: ReadOptions | None = None
) -> Iterator[tuple[Dataset, int]]:
    """Yield the rows of a source in order, in chunks, each with the total number of rows.

    CSV and Parquet that need more than half of the free memory are first copied to disk, where the
    types of columns are inferred from all rows: chunks are read by the same rules as the whole.
    Args:
        data: as of `read`.
        options: without a target.
        explicit: as of `read_dataset`.
    Raises:
        InputError: as `read`, or the disk has no room for the copy.
    """
    files = [] if is_server(str(data)) or os.path.isdir(data) else resolve_paths(data)
    memory = max(available_bytes() // 2, parse_bytes(MIN_MEMORY))
    if options.query is not None or estimate_memory(files) <= memory:
        whole = read_dataset(data, options, explicit=explicit)
        yield whole, len(whole)
        return
    choose_reader(files, explicit or options)  # refuses options that the format does not have
    with Scan(tuple(files), options, memory).opened() as rows:
        for row_range in rows.row_ranges():
            chunk = rows.table_without_target(row_range)
            # The first chunk has the notes on all rows.
            yield chunk if row_range.start else replace(chunk, notes=rows.notes), len(rows)
