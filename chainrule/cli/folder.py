"""Check of an output folder before the results to write into it are computed."""

import os
from pathlib import Path

from chainrule.errors import InputError


def check_writable(folder: Path, remedy: str = "Choose another with --out.") -> None:
    """Refuse a folder that cannot be created or written to.

    Args:
        folder: its path.
        remedy: how to name another folder.
    Raises:
        InputError: the path is a file or below a file, or permissions are missing.
    """
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        kind = "a file" if existing == folder else f"a folder below {existing}, which is a file"
        raise InputError(f"{folder}: got {kind}, expected a folder that can be created. {remedy}")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InputError(
            f"{folder}: got a folder in {existing}, which is not writable; expected a writable "
            f"one. Change its permissions. {remedy}"
        )
