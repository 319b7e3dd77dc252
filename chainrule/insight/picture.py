"""Pictures on disk: a figure becomes a file, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule import durable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_picture(figure: Figure, path: Path) -> None:
    """Write a figure; the suffix of the path says as which kind of picture, such as .png."""
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix.removeprefix("."), dpi=110)
    durable.write_bytes(path, picture.getvalue())
