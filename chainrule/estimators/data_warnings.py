"""Warnings on data: what the command line would print as notes."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

import sklearn

from chainrule.errors import DataWarning

# Frames of these packages are between a user's line and a warning.
PACKAGES = tuple(str(Path(file).parent) for file in (sklearn.__file__, Path(__file__).parent))


def warn_of(notes: Iterable[str]) -> None:
    """Warn of each note, at the line of the user that called an estimator."""
    for note in notes:
        warnings.warn(f"{note.rstrip('.')}.", DataWarning, stacklevel=_level_of_user())


def _level_of_user() -> int:
    """Return the stack level, for the caller of this function, of the first frame of a user."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGES):
        frame, level = frame.f_back, level + 1
    return level
