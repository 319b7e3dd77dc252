"""Memory: sizes as text, and an estimate of what a table needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from chainrule.data.decompress import compression_of
from chainrule.data.reading.duckdb_sql import file_name
from chainrule.data.reading.file_format import file_kind
from chainrule.errors import InputError

UNITS = {"": 1, **{f"{p}b": 1000**n for n, p in enumerate(("", "k", "m", "g", "t", "p"))}}
UNITS |= {f"{p}ib": 1024**n for n, p in enumerate(("k", "m", "g", "t", "p"), start=1)}

# Peak memory of `read` and the preparation per byte of CSV and per value of Parquet, as measured by
# python -m benchmarks.large_table --in-memory, training included.
BYTES_PER_BYTE_OF_CSV = 8
BYTES_PER_VALUE = 65
# Text is compressed to about a fifth.
COMPRESSION_RATIO = 5


def parse_bytes(size: str) -> int:
    """Parse a size with a unit into a number of bytes.

    Raises:
        InputError: the text is no number with a unit of memory.

    >>> parse_bytes("2GiB"), parse_bytes("1.5 MB")
    (2147483648, 1500000)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", size.lower())
    if match is None or match[2] not in UNITS or float(match[1]) == 0:
        raise InputError(
            f"got '{size}' as a size of memory, expected a number and a unit, such as 2GiB or "
            "500MB."
        )
    return int(float(match[1]) * UNITS[match[2]])


def estimate_memory(files: Sequence[Path]) -> int:
    """Estimate the bytes of memory that reading and preparing whole tables takes.

    Args:
        files: CSV or Parquet; the estimate of any other kind is 0, as its size is unknown.
    """
    return sum(map(_estimate_file, files))


def _estimate_file(file: Path) -> int:
    kind = file_kind(file)
    if kind == "parquet":
        return BYTES_PER_VALUE * _count_values(file)
    if kind == "csv":
        decompressed = file.stat().st_size * (COMPRESSION_RATIO if compression_of(file) else 1)
        return BYTES_PER_BYTE_OF_CSV * decompressed
    return 0


def _count_values(file: Path) -> int:
    """Return rows times columns of a Parquet file; 0 if damaged, as its reader will refuse it."""
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
