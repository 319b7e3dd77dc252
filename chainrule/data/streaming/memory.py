"""Memory: how much a person allows, how much the machine has, how much a table would take."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from chainrule.data.reading.decompress import packing
from chainrule.data.reading.duckdb_sql import file_name
from chainrule.data.reading.file_format import kind_of
from chainrule.errors import InputError

UNITS = {"": 1, **{f"{p}b": 1000**n for n, p in enumerate(("", "k", "m", "g", "t", "p"))}}
UNITS |= {f"{p}ib": 1024**n for n, p in enumerate(("k", "m", "g", "t", "p"), start=1)}

# What `read` and the preparation hold at their peak, for each byte of CSV and for each value of
# Parquet: python -m benchmarks.large_table --in-memory shows it, training included.
BYTES_A_BYTE_OF_CSV = 8
BYTES_A_VALUE = 65
# Text is packed to about a fifth.
COMPRESSION_RATIO = 5


def parse_bytes(size: str) -> int:
    """The number of bytes that a size says.

    Raises:
        InputError: it is none.

    >>> parse_bytes("2GiB"), parse_bytes("1.5 MB")
    (2147483648, 1500000)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", size.lower())
    if found is None or found[2] not in UNITS or float(found[1]) == 0:
        raise InputError(
            f"got '{size}' as a size of memory, expected a number and a unit, such as 2GiB or "
            "500MB."
        )
    return int(float(found[1]) * UNITS[found[2]])


def available_bytes() -> int:
    """Memory that this process can still have, of the machine's and of its control group's."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        (kibibytes,) = re.findall(r"MemAvailable:\s+(\d+) kB", meminfo.read_text())
        free = 1024 * int(kibibytes)
    else:  # half of what is built in, as nothing tells how much of it others have
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    limit, used = (Path("/sys/fs/cgroup") / f"memory.{name}" for name in ("max", "current"))
    if limit.exists() and (bound := limit.read_text().strip()) != "max":
        free = min(free, int(bound) - int(used.read_text()))
    return max(free, 0)


def estimate_memory(files: Sequence[Path]) -> int:
    """About how much memory it takes to read tables as a whole and to prepare them.

    Args:
        files: of CSV or Parquet; of another kind nothing is known, and the answer is 0.
    """
    return sum(map(_reading_bytes, files))


def _reading_bytes(file: Path) -> int:
    kind = kind_of(file)
    if kind == "parquet":
        return BYTES_A_VALUE * _values(file)
    if kind == "csv":
        unpacked = file.stat().st_size * (COMPRESSION_RATIO if packing(file) else 1)
        return BYTES_A_BYTE_OF_CSV * unpacked
    return 0


def _values(file: Path) -> int:
    """Rows times columns of a Parquet file; 0 of a damaged one, which its reader will refuse."""
    path = {"path": file_name(file)}
    with duckdb.connect() as database:
        try:
            rows = database.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata($path)", path
            ).fetchall()[0][0]
            columns = database.execute(
                "DESCRIBE SELECT * FROM read_parquet($path)", path
            ).fetchall()
        except duckdb.Error:
            return 0
    return int(rows) * len(columns)
