"""A grid of small pictures in one panel."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

GAPS = "#d5dade"


def draw_tiles(axes: Axes, tiles: np.ndarray, **look: Any) -> None:
    """Draw a grid of pictures with grey gaps of a pixel.

    Args:
        axes: the panel, whose ticks are removed.
        tiles: (rows, columns, height, width) in the order of the grid.
        look: arguments of `Axes.imshow`, such as cmap, vmin and vmax.
    """
    padded = np.pad(tiles, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    rows, columns, height, width = padded.shape
    mosaic = padded.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    axes.imshow(mosaic[:-1, :-1], **look)
    axes.set(xticks=[], yticks=[])
    axes.set_facecolor(GAPS)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
