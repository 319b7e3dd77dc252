"""Plot of a range test: the loss over the learning rate, with the proposed rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.insight.curves import BEST, TRAINING
from chainrule.insight.figure_file import write_figure
from chainrule.training.range_test import START, RangeTest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_range_test(test: RangeTest, path: Path) -> None:
    """Write the figure of `draw_range_test` to a file, whose suffix gives the format."""
    write_figure(draw_range_test(test), path)


def draw_range_test(test: RangeTest) -> Figure:
    """Draw the raw and the smoothed losses of the batches over the rates, on a log axis.

    Losses far above the first ones are cut off: they only show that the rate is too large, and on
    their scale the fall before them would be invisible.
    """
    from matplotlib.figure import Figure  # imported here because it takes half a second

    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(test.rates, test.losses, color=TRAINING, alpha=0.4, linewidth=1, label="of a batch")
    axes.plot(test.rates, test.smoothed, color=TRAINING, linewidth=1.6, label="smoothed")
    axes.axvline(
        test.proposed,
        color=BEST,
        linestyle=":",
        linewidth=1,
        label=f"proposed: {test.proposed:.2g}",
    )
    axes.set_xscale("log")
    axes.set_ylim(0, 1.5 * max(test.losses[:START]))
    axes.set_title("Training loss")
    axes.set_xlabel("learning rate")
    axes.grid(alpha=0.2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure
