"""Every file of a run is written here: whole or not at all, and still there after a power loss.

A file is written beside its name, synced, renamed over its name, and the folder is synced: a
reader sees the old file or the new one, never a part. Source: Pillai et al. (2014), All File
Systems Are Not Created Equal, on which steps a rename needs to survive a crash.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Put content at path, replacing what was there, whole or not at all."""
    write_with(path, lambda beside: beside.write_bytes(content))


def write_text(path: Path, text: str) -> None:
    """Put text at path as UTF-8, replacing what was there, whole or not at all."""
    write_bytes(path, text.encode())


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside path, then make it the file at path.

    Args:
        path: of the finished file; its folder must exist.
        write: is given the temporary file's path (same folder, same suffix) and fills it.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(descriptor)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o666 & ~_umask())  # mkstemp made it readable by its owner alone
        _sync(beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.filename is not None:
            error.filename = str(path)  # the one that was asked for, not the one beside it
        raise
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def append_line(path: Path, line: str) -> None:
    """Add one line to the end of a log and sync it. A crash can cost the last line, no other."""
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
