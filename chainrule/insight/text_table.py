"""Tables as plain text, for terminals, pipes and files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len

SEPARATOR = "   "


def text_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Collection[int] = (0,)
) -> str:
    """Format a table, with numbers aligned to the right and texts to the left.

    Args:
        head: heads of the columns.
        rows: rows of as many cells each.
        texts: indices of the columns of texts.

    >>> print(text_table(("", "score"), [("rmse", "10.25"), ("r2", "0.9")]))
           score
    rmse   10.25
    r2       0.9
    """
    lines = [head, *rows]
    # Not len: a Korean letter takes two columns of a terminal.
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(_line(line, widths, texts) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], texts: Collection[int]) -> str:
    padded = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blanks = " " * (width - cell_len(cell))
        padded.append(cell + blanks if column in texts else blanks + cell)
    return SEPARATOR.join(padded).rstrip()
