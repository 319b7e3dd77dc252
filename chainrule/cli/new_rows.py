"""New rows for a model: from a file, or from the standard input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chainrule.errors import InputError

STANDARD_INPUT = "-"


@contextmanager
def as_file(data: str) -> Iterator[str]:
    """Yield the data as a path; the standard input, written -, is copied to a temporary file.

    So the standard input may have any format of files, which is detected: CSV, JSON lines, Parquet.
    Raises:
        InputError: the standard input is closed.
    """
    if data != STANDARD_INPUT:
        yield data
        return
    if sys.stdin is None:  # closed by <&-
        raise InputError(
            "got a standard input that is closed, expected rows from it, as DATA is -. Give them "
            "by a pipe, as in cat new.csv | chainrule predict MODEL -, or name their file."
        )
    with TemporaryDirectory(prefix="chainrule-") as folder:
        file = Path(folder) / "standard input"
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield str(file)
