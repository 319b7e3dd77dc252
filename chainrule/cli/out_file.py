"""Check of an output file before the results to write into it are computed."""

import os
from pathlib import Path

from chainrule.errors import InputError


def check_out_file(out: Path, example: str) -> None:
    """Refuse a file that cannot be written.

    Args:
        out: the path of the file.
        example: a file name for the message.
    Raises:
        InputError: the path is a folder, a device or a pipe, or its folder does not exist or is not
            writable.
    """
    if out.is_dir():
        raise InputError(
            f"{out}: got a folder, expected a file to write. "
            f"Give a file in it: --out {out / example}."
        )
    if out.exists() and not out.is_file():
        raise InputError(
            f"{out}: got a device or a pipe, expected a file to write. Give the name of a file."
        )
    if not out.parent.is_dir():
        raise InputError(
            f"{out}: got a path into a folder that does not exist, expected a file to write. "
            f"Make the folder {out.parent}, or choose another."
        )
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"{out}: got a path into a folder that is not writable, expected a file to write. "
            f"Change the permissions of {out.parent}, or choose another."
        )
