"""Atomic, durable writes, for every file of a run: whole or not at all, and safe from power loss.

A temporary file in the same folder is written, synced and renamed over the name, and the folder is
synced: a reader sees the old file or the new one, never a part. Source: Pillai et al. (2014), All
File Systems Are Not Created Equal, on which steps a rename needs to survive a crash.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from chainrule.errors import InputError


def write_bytes(path: Path, content: bytes) -> None:
    """Write content to path, replacing an existing file, whole or not at all."""
    write_with(path, lambda temporary: temporary.write_bytes(content))


def write_text(path: Path, text: str) -> None:
    """Write text to path as UTF-8, replacing an existing file, whole or not at all."""
    write_bytes(path, text.encode())


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` to fill a temporary file, then rename that to path.

    Args:
        path: of the finished file; its folder must exist.
        write: called with the path of the temporary file, which has the same folder and suffix.
    Raises:
        InputError: the path is that of a folder, a device or a pipe, which a file would replace.
        OSError: the file can't be written.
    """
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device or a pipe"
        raise InputError(f"{path}: got {what}, expected a file to write. Give another name.")
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    except OSError as error:
        error.filename = str(path)
        raise
    os.close(descriptor)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask())  # mkstemp made it readable by its owner alone
        _sync(temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.filename is not None:
            error.filename = str(path)  # the caller does not know the name of the temporary file
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def append_line(path: Path, line: str) -> None:
    """Append one line to a log and sync it. A crash can lose the last line, no other."""
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
        log.flush()
        os.fsync(log.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
