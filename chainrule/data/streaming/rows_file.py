"""Rows of numbers in an unnamed temporary file, which vanishes when the process ends."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import InputError

# On many machines /tmp is in memory, which must be saved here; /var/tmp is on disk.
ON_DISK = Path("/var/tmp")


def folder_on_disk() -> Path:
    """Return the folder for large temporary files: TMPDIR if it is set, else one on disk."""
    if "TMPDIR" not in os.environ and os.access(ON_DISK, os.W_OK):
        return ON_DISK
    return Path(tempfile.gettempdir())


def check_space(needed: int, content: str) -> None:
    """Check the free space on the disk before writing.

    Args:
        needed: bytes.
        content: what will be written, for the message.
    Raises:
        InputError: there is less free space.
    """
    folder = folder_on_disk()
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _no_space(folder, f"{_gigabytes(free)} free", f"{_gigabytes(needed)} for {content}")


class RowsFile:
    """A file of rows of one shape and type.

    It is read by `preadv` and not mapped into memory, so that only the requested rows are in
    memory. Several threads may read at once.

    Args:
        like: an array of rows of the same shape and type, (any, ...).
    Attributes:
        row_bytes: size of a row.
    """

    def __init__(self, like: NDArray[Any]) -> None:
        self.row_bytes = like[:0].itemsize * int(np.prod(like.shape[1:], dtype=np.int64))
        self._folder = folder_on_disk()
        self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - open as long as it is needed
        weakref.finalize(self, self._file.close)
        self._end = 0

    def append(self, rows: NDArray[Any]) -> None:
        """Append rows.

        Raises:
            InputError: the disk is full.
        """
        remaining = _bytes(np.ascontiguousarray(rows))
        try:
            while remaining:
                written = os.pwrite(self._file.fileno(), remaining, self._end)
                self._end += written
                remaining = remaining[written:]
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            got = f"no space left after {_gigabytes(self._end)}"
            raise _no_space(self._folder, got, "room for all prepared rows") from error

    def read(self, start: int, into: NDArray[Any]) -> None:
        """Fill a contiguous array with the rows from `start` on."""
        offset = start * self.row_bytes
        remaining = _bytes(into)
        while remaining:
            read = os.preadv(self._file.fileno(), [remaining], offset)
            assert read, "rows are read that were not written"
            offset += read
            remaining = remaining[read:]


def _bytes(rows: NDArray[Any]) -> memoryview:
    return rows.data.cast("B") if rows.size else memoryview(b"")


def _no_space(folder: Path, got: str, expected: str) -> InputError:
    return InputError(
        f"{folder}: got {got}, expected {expected}. Delete files there, name a folder on a larger "
        "disk with the environment variable TMPDIR, or use --encoding auto, which takes less space "
        "for columns of many categories."
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.2f} GB"
