"""Folders to write to are checked before anything is computed that would go into them."""

import os
from pathlib import Path

from chainrule.errors import InputError


def check_writable(folder: Path) -> None:
    """Refuse a folder that can't be made, or can't be written to.

    Raises:
        InputError: a file is in its way, or permissions are.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        given = "a file" if place == folder else f"a folder below {place}, which is a file"
        raise InputError(
            f"{folder}: got {given}, expected a folder that can be made. Choose another with --out."
        )
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(
            f"{folder}: got a folder in {place}, where nothing may be written; expected one with "
            "writing allowed. Change its permissions, or choose another with --out."
        )
