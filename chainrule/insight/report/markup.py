"""HTML elements of a page. Texts are escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent);
  --accent: #d1495b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; } h3 { margin-bottom: .3rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; }
a { color: inherit; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; overflow-wrap: normal; font-size: .92rem; }
caption { text-align: left; padding-bottom: .4rem; }
td, th { padding: .25rem .5rem; text-align: left; vertical-align: top; }
thead th { vertical-align: bottom; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.text { max-width: 30rem; }
tbody th { font-weight: normal; }
tr + tr > *, tbody > tr > * { border-top: 1px solid var(--line); }
.shade { display: block; margin: -.25rem -.5rem; padding: .25rem .5rem;
  background: color-mix(in srgb, var(--accent) var(--share), transparent); }
.bar { display: block; height: .7rem; min-width: 1px; background: var(--accent); }
td.bars { width: 12rem; min-width: 6rem; vertical-align: middle; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
.plots figure { margin: 0; flex: 1 1 18rem; max-width: 30rem; }
.plots svg { width: 100%; height: auto; }
.plots svg text { font-family: system-ui, sans-serif !important; }
figcaption { font-size: .9rem; }
.warning { border-left: .3rem solid var(--accent); padding: .3rem .8rem; }
pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); }
.shade, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media print {
  :root { color-scheme: light; } nav { display: none; } body { margin: 0; max-width: none; }
  figure, tr, pre { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  .wide { overflow: visible; } table { font-size: .8em; }
}
"""

Kind = Literal["number", "text", "bars"]


def paragraph(text: str) -> str:
    """Return a paragraph of escaped text."""
    return f"<p>{escape(text)}</p>"


def warning(text: str) -> str:
    """Return a highlighted paragraph of escaped text."""
    return f'<p class="warning" role="note"><strong>Warning:</strong> {escape(text)}</p>'


def items(texts: Iterable[str]) -> str:
    """Return a list of texts; empty without any."""
    entries = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{entries}</ul>" if entries else ""


def code(text: str) -> str:
    """Return a block of preformatted text."""
    return f"<pre><code>{escape(text)}</code></pre>"


def shaded(text: str, share: float) -> str:
    """Return the content of a cell, shaded in proportion to a share from 0 to 1."""
    return f'<span class="shade" style="--share: {70 * share:.0f}%">{escape(text)}</span>'


def bar(share: float) -> str:
    """Return a bar of length 0 to 1, hidden from screen readers: the table needs the number too."""
    return f'<span class="bar" aria-hidden="true" style="width: {100 * share:.1f}%"></span>'


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[Kind] = ()
) -> str:
    """Return a table whose first column names the rows; empty without rows.

    Args:
        caption: caption of the table.
        head: head of each column.
        rows: rows of texts.
        kinds: kinds of the columns after the first; numbers if not given.
    """
    kinds = kinds or ["number"] * (len(head) - 1)
    return _table(caption, head, [[escape(text) for text in row] for row in rows], kinds)


def table_of_markup(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[Kind]
) -> str:
    """Return a table of rows whose first cell is text and whose other cells are markup."""
    return _table(caption, head, [[escape(first), *rest] for first, *rest in rows], kinds)


def _table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], kinds: Sequence[Kind]
) -> str:
    if not rows:
        return ""
    classes = ["", *(f' class="{kind}"' for kind in kinds)]
    heads = "".join(
        f'<th scope="col"{of_kind}>{escape(text)}</th>'
        for text, of_kind in zip(head, classes, strict=True)
    )
    body = ""
    for first, *rest in rows:
        cells = "".join(
            f"<td{of_kind}>{cell}</td>" for cell, of_kind in zip(rest, classes[1:], strict=True)
        )
        body += f'<tr><th scope="row">{first}</th>{cells}</tr>'
    # A scrolling region must be reachable by keyboard, and therefore needs a name.
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def drawing(title: str, svg: str, caption: str) -> str:
    """Return a drawing in its own size, which a click on its title unfolds."""
    figure = f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
    return (
        f"<details><summary>{escape(title)}</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title)}">{figure}</div>'
        "</details>"
    )


def plots(drawn: Sequence[tuple[str, str]]) -> str:
    """Return plots side by side where there is room, otherwise below each other.

    Args:
        drawn: SVG and caption of each plot.
    """
    figures = "".join(
        f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
        for svg, caption in drawn
    )
    return f'<div class="plots">{figures}</div>'
