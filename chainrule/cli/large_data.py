"""Large data: which tables are read some rows at a time, as they would not fit in memory."""

from __future__ import annotations

import os

from chainrule.cli.config import Config
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.data.streaming.memory import available_bytes, estimate_memory, parse_bytes
from chainrule.data.streaming.scan import Scan, scan_table


def scan_if_large(config: Config) -> Scan | None:
    """The table to learn from, if it takes more memory than there may be; None if it does not.

    That is what --memory says, or else half of what is free.
    Args:
        config: of the run.
    Raises:
        InputError: there is no such file, or too little memory.
    """
    data = config.data
    if data is None or config.target is None or is_server(str(data)) or os.path.isdir(data):
        return None
    allowed = available_bytes() // 2 if config.memory is None else parse_bytes(config.memory)
    if estimate_memory(resolve_paths(data)) <= allowed:
        return None
    return scan_table(data, config.subset(ReadOptions), config.memory or f"{allowed}B")
