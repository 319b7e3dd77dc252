"""What the tests of pictures share: files that are really written, by Pillow or byte by byte."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Draw = Callable[..., Path]

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Write a picture of one colour, or of given pixels, and return its path."""

    def written(
        name: str,
        colour: tuple[int, ...] | int = RED,
        *,
        size: tuple[int, int] = (4, 4),
        pixels: NDArray[np.uint8] | None = None,
        **how: Any,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "L" if isinstance(colour, int) else "RGB"
        picture = Image.new(mode, size[::-1], colour) if pixels is None else Image.fromarray(pixels)
        picture.save(path, **how)
        return path

    return written
