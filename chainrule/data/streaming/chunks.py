"""Rows in parts: of a table larger than memory some at a time, of any other source all at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule.data.dataset import Dataset
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.data.reading.read import read
from chainrule.data.reading.read_options import Request
from chainrule.data.streaming.memory import available_bytes, estimate_memory, parse_bytes
from chainrule.data.streaming.scan import MIN_MEMORY, Scan


def read_chunks(data: str | Path, options: Mapping[str, Any]) -> Iterator[tuple[Dataset, int]]:
    """The rows of a source in their order, part by part, and how many rows there are in all.

    CSV and Parquet that need more than half of the free memory are copied to a disk first, where
    their columns are understood as a whole: a part is read by the same rules as all of it.
    Args:
        data: as for `read`.
        options: of `read`, without a target.
    Raises:
        InputError: as `read`, or the disk has no room for the copy.
    """
    files = [] if is_server(str(data)) or os.path.isdir(data) else resolve_paths(data)
    memory = max(available_bytes() // 2, parse_bytes(MIN_MEMORY))
    if options.get("query") is not None or estimate_memory(files) <= memory:
        whole = read(data, **options)
        yield whole, len(whole)
        return
    request = Request(
        columns=options.get("columns"),
        missing=options.get("missing", ()),
        categorical=options.get("categorical", ()),
        text_encoding=options.get("text_encoding"),
        decimal=options.get("decimal"),
    )
    with Scan(tuple(files), request, memory).opened() as rows:
        for stretch in rows.row_ranges():
            part = rows.table_without_target(stretch)
            # What is known of all rows is told with the first.
            yield part if stretch.start else replace(part, notes=rows.notes), len(rows)
