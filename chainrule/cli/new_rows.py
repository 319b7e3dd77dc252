"""New rows for a model: from a file, or from the standard input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

STANDARD_INPUT = "-"


@contextmanager
def as_file(data: str) -> Iterator[str]:
    """Yield the data as a path; the standard input, written -, is copied to a temporary file.

    So the standard input may have any format of files, which is detected: CSV, JSON lines, Parquet.
    """
    if data != STANDARD_INPUT:
        yield data
        return
    with TemporaryDirectory(prefix="chainrule-") as folder:
        file = Path(folder) / "standard input"
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield str(file)
