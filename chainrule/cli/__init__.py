"""The command line: chainrule train, predict, check, demo."""

from __future__ import annotations

import errno
import gc
import sys

from chainrule.cli.app import app
from chainrule.errors import InputError

# So many new objects before Python looks for garbage: the usual 700 are met time and again while
# modules are loaded, and to look through those of PyTorch takes a tenth of a second each time.
OBJECTS_BETWEEN_COLLECTIONS = 50_000

# What a person can do about errors of the operating system that a run may meet.
REMEDIES = {
    errno.ENOSPC: "Free some space on this disk, or give a folder on another with --out.",
    errno.EDQUOT: "Free some of your share of this disk, or give a folder on another with --out.",
    errno.EROFS: "Give a folder that can be written to with --out.",
    errno.EACCES: "Change its permissions, or give another.",
    errno.EPERM: "Change its permissions, or give another.",
}


def main() -> None:
    """Run the command that the arguments name.

    Exit status: 0 where all went well; 2 where what was given cannot be used; 1 where the machine
    failed, such as a full disk, or a check found an error; 130 where a person interrupted it. What
    went wrong is a message on standard error, without a traceback.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        app(prog_name="chainrule")
    except InputError as error:
        _end(2, str(error))
    except OSError as error:
        _end(1, _in_words(error))
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        _end(
            1,
            "Got more to compute than the memory of this machine holds. Use smaller --layers, a "
            "smaller --batch-size, or less data.",
        )


def _end(status: int, message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(status)


def _in_words(error: OSError) -> str:
    place = error.filename2 or error.filename
    where = f"{place}: " if place else ""
    reason = (error.strerror or str(error)).lower()
    remedy = REMEDIES.get(error.errno or 0, "Look at the folder, or give another.")
    return f"{where}the operating system says: {reason}. {remedy}"


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "allocate memory" in str(error)
