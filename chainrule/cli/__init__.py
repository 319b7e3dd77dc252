"""The command line: `chainrule train`, `predict`, `check`, `demo` and others."""

from __future__ import annotations

import errno
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.cli.app import app
from chainrule.data.formatting import is_utf8, printable
from chainrule.errors import InputError, SlowWarning

# Allocations before a garbage collection. Python's default of 700 is reached again and again while
# modules are imported, and each collection over PyTorch's objects takes a tenth of a second.
OBJECTS_BETWEEN_COLLECTIONS = 50_000

# Remedies for errors of the operating system.
REMEDIES = {
    errno.ENOSPC: "Free some space on this disk, or write to another.",
    errno.EDQUOT: "Free some of your disk quota, or write to another disk.",
    errno.EROFS: "Write to a disk that can be written to.",
    errno.EACCES: "Change its permissions, or give another.",
    errno.EPERM: "Change its permissions, or give another.",
    errno.ENAMETOOLONG: "Give a shorter name.",
}


def main() -> None:
    """Run the command that the arguments name.

    Exit status: 0 on success; 1 for an error of the system, such as a full disk, or a failed check;
    2 for invalid input; 3 for a training that diverged after its first epoch, and kept its best
    weights; 130 after an interruption by the user. Errors are messages on standard error, without a
    traceback.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if sys.stderr is None:  # closed by 2>&-; print would take the standard output in its place
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    try:
        if sys.stdout is None:
            raise InputError(
                "got a standard output that is closed, expected one to print the result to. "
                "Redirect it to a file, or to /dev/null."
            )
        _refuse_other_encodings()
        with _warnings_as_notes():
            app(prog_name="chainrule")
    except InputError as error:
        _exit(2, str(error))
    except OSError as error:
        _exit(1, _describe(error))
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        _exit(
            1,
            "got more than fits in the memory of this machine, expected less. Use smaller "
            "--layers, a smaller --batch-size, or less data.",
        )


def _refuse_other_encodings() -> None:
    """Raise an InputError for an argument, or a working folder, that is no UTF-8.

    Model files, configurations and reports are UTF-8, and so are the paths that DuckDB takes.
    """
    for text in (*sys.argv[1:], os.path.abspath(".")):
        if not is_utf8(text):
            raise InputError(
                f"got '{printable(text)}', which is not encoded as UTF-8, expected UTF-8. Rename "
                "the file or folder, or type the text in a terminal that uses UTF-8."
            )


@contextmanager
def _warnings_as_notes() -> Iterator[None]:
    """Print the project's warnings without the line of code that they are about."""
    format_of_python = warnings.formatwarning

    def format_warning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if issubclass(category, SlowWarning):
            return f"note: {message}\n"
        return format_of_python(message, category, filename, lineno, line)

    warnings.formatwarning = format_warning
    try:
        yield
    finally:
        warnings.formatwarning = format_of_python


def _exit(status: int, message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(status)


def _describe(error: OSError) -> str:
    path = error.filename2 or error.filename
    prefix = f"{path}: " if path else ""
    reason = (error.strerror or str(error)).lower()
    remedy = REMEDIES.get(error.errno or 0, "Check the folder, or give another.")
    return f"{prefix}got an error of the operating system: {reason}. {remedy}"


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "allocate memory" in str(error)
