"""Rows of numbers in a file without a name, which goes with the process, however that ends."""

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

# On many machines /tmp lies in memory, which is what is to be saved. /var/tmp never does.
ON_DISK = Path("/var/tmp")


def folder_on_disk() -> Path:
    """Where large files that pass are written: TMPDIR if it is set, else what is surely a disk."""
    if "TMPDIR" not in os.environ and os.access(ON_DISK, os.W_OK):
        return ON_DISK
    return Path(tempfile.gettempdir())


def check_space(needed: int, what: str) -> None:
    """Refuse to begin what would fill the disk.

    Args:
        needed: bytes.
        what: would be written, for the message.
    Raises:
        InputError: there is less.
    """
    folder = folder_on_disk()
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _no_space(folder, f"{_gigabytes(free)} free", f"{_gigabytes(needed)} for {what}")


class RowsFile:
    """Rows of one shape and type, read and written in stretches.

    Read by `preadv` and not mapped into memory, so that what is in memory is what was asked for.
    Several threads may read at once.

    Args:
        like: an array of such rows, (any, ...).
    Attributes:
        row_bytes: of each row.
    """

    def __init__(self, like: NDArray[Any]) -> None:
        self.row_bytes = like[:0].itemsize * int(np.prod(like.shape[1:], dtype=np.int64))
        self._folder = folder_on_disk()
        self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - open as long as it is needed
        weakref.finalize(self, self._file.close)
        self._end = 0

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows behind the last.

        Raises:
            InputError: the disk is full.
        """
        left = _bytes(np.ascontiguousarray(rows))
        try:
            while left:
                written = os.pwrite(self._file.fileno(), left, self._end)
                self._end += written
                left = left[written:]
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            got = f"no space left after {_gigabytes(self._end)}"
            raise _no_space(self._folder, got, "room for all prepared rows") from error

    def read(self, start: int, into: NDArray[Any]) -> None:
        """Fill a contiguous array with the rows from the row `start` on."""
        place = start * self.row_bytes
        left = _bytes(into)
        while left:
            read = os.preadv(self._file.fileno(), [left], place)
            assert read, "rows are read that were not written"
            place += read
            left = left[read:]


def _bytes(rows: NDArray[Any]) -> memoryview:
    return rows.data.cast("B") if rows.size else memoryview(b"")


def _no_space(folder: Path, got: str, expected: str) -> InputError:
    return InputError(
        f"{folder}: got {got}, expected {expected}. Delete files there, name a folder on a larger "
        "disk with the environment variable TMPDIR, or let columns of many categories take less by "
        "--encoding auto."
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.2f} GB"
