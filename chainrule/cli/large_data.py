"""Large data: tables that do not fit in memory are scanned, and read some rows at a time."""

from __future__ import annotations

import os

from chainrule.cli.config import Config
from chainrule.data.memory import available_bytes
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.data.streaming.memory import estimate_memory, parse_bytes
from chainrule.data.streaming.scan import Scan, scan_table


def scan_if_large(config: Config) -> Scan | None:
    """Return a scan of the training table if it exceeds the memory limit; None otherwise.

    The limit is that of --memory, by default half of the free memory.
    Args:
        config: the configuration of the run.
    Raises:
        InputError: the file does not exist, or the memory is too small.
    """
    data = config.data
    if data is None or config.target is None or is_server(str(data)) or os.path.isdir(data):
        return None
    limit = available_bytes() // 2 if config.memory is None else parse_bytes(config.memory)
    if estimate_memory(resolve_paths(data)) <= limit:
        return None
    return scan_table(data, config.subset(ReadOptions), config.memory or f"{limit}B")
