"""The style of the figures of the examples: sizes, colours and file format."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from chainrule.insight.figure_file import write_figure

# The colours differ in lightness, so that most are distinct with colour blindness and in grey
# print. The first is for the subject of the chapter, the second for its comparison.
COLOURS = (
    "#2e4057",
    "#d1495b",
    "#00798c",
    "#edae49",
    "#66a182",
    "#8d6a9f",
    "#a0522d",
    "#7fb2d9",
    "#e27396",
    "#8d96a3",
)
GREY = "#8d96a3"
INCHES_A_PANEL = (4.2, 3.4)

LOOK: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "grid.alpha": 0.2,
    "image.cmap": "Greys",
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


def panels(
    rows: int = 1, columns: int = 1, *, inches: tuple[float, float] = INCHES_A_PANEL
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, row by row.

    Args:
        rows: number of rows of panels.
        columns: number of columns of panels.
        inches: width and height of a panel.
    """
    mpl.rcParams.update(LOOK)
    figure = Figure(figsize=(columns * inches[0], rows * inches[1]))
    return figure, list(np.ravel(figure.subplots(rows, columns, squeeze=False)))


def save(figure: Figure, out: Path, script: str) -> Path:
    """Write the figure of a script, such as 03_optimizers.png, and return its path.

    Args:
        figure: finished figure.
        out: folder, created if it does not exist.
        script: path of the script, `__file__`.
    """
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{Path(script).stem}.png"
    write_figure(figure, path)
    return path
