"""Plots within a page: SVG whose lines and letters have the colour of the page's text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

# Stands for the colour of the text until the picture is done: Matplotlib knows none that the
# reader's light or dark page decides.
INK = "#010203"

STYLE: dict[RcKeyType, Any] = {
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.titlesize": "medium",
    "svg.fonttype": "none",  # letters stay letters: searchable, and a tenth of the size
    "svg.hashsalt": "chainrule",  # the same plot is the same text
}


def inline_svg(draw: Callable[[], Figure], name: str, title: str) -> str:
    """A plot as an element of a page.

    Args:
        draw: makes the figure.
        name: unique in the page, of letters and hyphens; ids within the plot begin with it.
        title: what it is, for those who don't see it; what it shows has to stand beside it.
    """
    import matplotlib as mpl  # half a second, needed for plots alone

    picture = io.StringIO()
    with mpl.rc_context(STYLE):
        draw().savefig(picture, format="svg", metadata={"Date": None})
    svg = picture.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\1#{name}-", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)
