"""Warnings on data: what the command line would print as notes."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import sklearn

from chainrule.data.vocabulary import role_option
from chainrule.errors import DataWarning

# Frames of these packages are between a user's line and a warning.
PACKAGES = tuple(str(Path(file).parent) for file in (sklearn.__file__, Path(__file__).parent))


def warn_of(notes: Iterable[str]) -> None:
    """Warn of each note, at the line of the user that called an estimator."""
    for note in notes:
        warnings.warn(f"{note.rstrip('.')}.", DataWarning, stacklevel=_level_of_user())


def in_python(notes: Iterable[str], columns: Sequence[str]) -> list[str]:
    """Return notes whose remedies are steps on X instead of options of the command line.

    >>> in_python(["If it tells something: --role post=category"], ["post"])
    ["If it tells something: X['post'].astype('category')"]
    """
    steps = {role_option(c, "category"): f"X['{c}'].astype('category')" for c in columns}
    steps |= {role_option(c, "number"): f"X['{c}'].astype(float)" for c in columns}
    changed = []
    for note in notes:
        option = next((option for option in steps if note.endswith(option)), None)
        changed.append(note if option is None else note.removesuffix(option) + steps[option])
    return changed


def _level_of_user() -> int:
    """Return the stack level, for the caller of this function, of the first frame of a user."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGES):
        frame, level = frame.f_back, level + 1
    return level
