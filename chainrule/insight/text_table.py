"""A table as text: columns side by side, for terminals, pipes and files alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len

BETWEEN = "   "


def text_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Collection[int] = (0,)
) -> str:
    """Lines of cells; figures end below one another, texts begin so.

    Args:
        head: of the columns.
        rows: with as many cells each.
        texts: the places of the columns that hold texts.

    >>> print(text_table(("", "score"), [("rmse", "10.25"), ("r2", "0.9")]))
           score
    rmse   10.25
    r2       0.9
    """
    lines = [head, *rows]
    # Not len: a Korean letter is two columns of a terminal wide.
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(_line(line, widths, texts) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], texts: Collection[int]) -> str:
    filled = []
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blanks = " " * (width - cell_len(cell))
        filled.append(cell + blanks if place in texts else blanks + cell)
    return BETWEEN.join(filled).rstrip()
