"""A file to write is looked at before anything is computed that would go into it."""

import os
from pathlib import Path

from chainrule.errors import InputError


def check_out_file(out: Path, example: str) -> None:
    """Refuse a file that can't be written.

    Args:
        out: that was asked for.
        example: the name of such a file.
    Raises:
        InputError: there is a folder in its place, or its own folder is not there or is closed.
    """
    if out.is_dir():
        raise InputError(
            f"{out}: got a folder, expected a file to write. "
            f"Give a file in it: --out {out / example}."
        )
    if not out.parent.is_dir():
        raise InputError(
            f"{out}: got a path into a folder that does not exist, expected a file to write. "
            f"Make the folder {out.parent}, or choose another."
        )
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"{out}: got a path into a folder where nothing may be written, expected a file to "
            f"write. Change the permissions of {out.parent}, or choose another."
        )
