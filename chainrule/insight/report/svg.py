"""Plots and drawings as inline SVG, in the text colour of the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

# Placeholder for the text colour, replaced in the finished SVG: Matplotlib has no colour that
# depends on the light or dark theme of the page.
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
    """Return a plot as an SVG element.

    Args:
        draw: function that makes the figure.
        name: unique in the page, of letters and hyphens; prefix of the ids within the plot.
        title: label for screen readers; what the plot shows belongs into its caption.
    """
    import matplotlib as mpl  # imported here because it takes half a second

    content = io.StringIO()
    with mpl.rc_context(STYLE):
        draw().savefig(content, format="svg", metadata={"Date": None})
    return inlined(content.getvalue(), name, title)


def inlined(svg: str, name: str, title: str) -> str:
    """Return an SVG file as an element of a page, with `INK` in the text colour of the page.

    Args:
        svg: content of the file.
        name: unique in the page, of letters and hyphens; prefix of the ids within the picture.
        title: label for screen readers.
    """
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\1#{name}-", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)
