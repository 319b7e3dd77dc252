"""Bar chart of the results: a group for each work, a bar for each peer, relative to PyTorch eager.

The ratio is the same as in the tables: the median over the turns.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from benchmarks.peers import PEERS
from benchmarks.race import Result
from benchmarks.table import ratios
from benchmarks.works import WORKS

REFERENCE = "PyTorch eager"
# chainrule is dark, the others are lighter; they also differ in lightness.
COLOURS = (
    *("#2e4057", "#d1495b", "#e8a0a8", "#00798c", "#6fb7c1", "#a9d6db", "#edae49", "#8d96a3"),
)
INCHES_A_BAR = 0.13
LOOK: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "speed", "font.size": 9}


def write_chart(results: Sequence[Result], path: Path) -> None:
    """Draw the works that the reference supports, and write them as SVG."""
    ran = {(r.work.name, r.peer.name): r for r in results if not r.cannot}
    works = [work.name for work in WORKS if (work.name, REFERENCE) in ran]
    peers = [(p.name, c) for p, c in zip(PEERS, COLOURS, strict=True)]
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(7.5, 1.2 + INCHES_A_BAR * len(works) * (len(peers) + 1)))
        axes = figure.add_subplot()
        for number, (peer, colour) in enumerate(peers):
            bars = [
                (
                    group * (len(peers) + 1) + number,
                    statistics.median(ratios(ran[work, peer], ran[work, REFERENCE])),
                )
                for group, work in enumerate(works)
                if (work, peer) in ran
            ]
            positions, widths = zip(*bars, strict=True) if bars else ((), ())
            drawn = axes.barh(positions, widths, height=0.9, color=colour, label=peer)
            axes.bar_label(drawn, fmt="%.2g", padding=2, fontsize=7)
        middles = np.arange(len(works)) * (len(peers) + 1) + (len(peers) - 1) / 2
        axes.set_yticks(middles, works)
        axes.set_ylim(len(works) * (len(peers) + 1) - 1, -1)  # the first work on top
        axes.axvline(1, color="#8d96a3", linewidth=0.8, zorder=0)
        axes.margins(x=0.08)
        axes.set_xlabel(f"samples a second, {REFERENCE} = 1")
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=8)
        figure.set_layout_engine("constrained")
        path.write_text(_without_header(figure), encoding="utf-8")


def _without_header(figure: Figure) -> str:
    """Return the figure as an <svg> element that a page can include, with its text."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    # Restrict the style to the elements of this SVG, not to all of the page that includes it.
    return text[text.index("<svg") :].replace('<style type="text/css">*{', "<style>svg *{")
