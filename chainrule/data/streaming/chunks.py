"""Rows in parts: of a table larger than memory some at a time, of any other source all at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chainrule.data.dataset import Dataset
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.data.reading.read import choose_reader, read_dataset
from chainrule.data.streaming.memory import available_bytes, estimate_memory, parse_bytes
from chainrule.data.streaming.scan import MIN_MEMORY, Scan


def read_chunks(
    data: str | Path, options: ReadOptions, *, given: ReadOptions | None = None
) -> Iterator[tuple[Dataset, int]]:
    """The rows of a source in their order, part by part, and how many rows there are in all.

    CSV and Parquet that need more than half of the free memory are copied to a disk first, where
    their columns are understood as a whole: a part is read by the same rules as all of it.
    Args:
        data: as for `read`.
        options: without a target.
        given: as of `read_dataset`.
    Raises:
        InputError: as `read`, or the disk has no room for the copy.
    """
    files = [] if is_server(str(data)) or os.path.isdir(data) else resolve_paths(data)
    memory = max(available_bytes() // 2, parse_bytes(MIN_MEMORY))
    if options.query is not None or estimate_memory(files) <= memory:
        whole = read_dataset(data, options, given=given)
        yield whole, len(whole)
        return
    choose_reader(files, given or options)  # refuses options that mean nothing for the format
    with Scan(tuple(files), options, memory).opened() as rows:
        for stretch in rows.row_ranges():
            part = rows.table_without_target(stretch)
            # What is known of all rows is told with the first.
            yield part if stretch.start else replace(part, notes=rows.notes), len(rows)
