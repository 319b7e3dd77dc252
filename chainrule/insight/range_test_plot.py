"""The range test as a picture: the loss against the learning rate, and which rate is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.insight.curves import BEST, TRAINING
from chainrule.insight.picture import write_picture
from chainrule.training.range_test import START, RangeTest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_range_test(test: RangeTest, path: Path) -> None:
    """Draw a range test into a picture; the suffix of the path says which kind."""
    write_picture(draw_range_test(test), path)


def draw_range_test(test: RangeTest) -> Figure:
    """The losses of the batches and their smoothed course over the rates, on a log axis.

    Losses far above where the test began are cut off: they tell no more than that the rate is too
    large, and the fall before them would be too flat to be seen.
    """
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

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
