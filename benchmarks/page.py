"""The page that a benchmark writes: a table that grows row by row, and paragraphs below it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.machine import description


class Page:
    """A table and the paragraphs below it, printed while they are added.

    Args:
        columns: heads of the columns.
    """

    def __init__(self, *columns: str) -> None:
        self._lines: list[str] = []
        self.row(*columns)
        self._add("|---" * len(columns) + "|")

    def row(self, *cells: str) -> None:
        """Add a row to the table."""
        self._add(f"| {' | '.join(cells)} |")

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self._add("", text)

    def commands(self, lines: Iterable[str]) -> None:
        """Add a block of command lines."""
        self._add("", *(f"    {line}" for line in lines))

    @property
    def text(self) -> str:
        """The page in Markdown."""
        return "\n".join(self._lines) + "\n"

    def write(self, file: Path) -> None:
        """Write the page to a file."""
        file.write_text(self.text, encoding="utf-8")

    def _add(self, *lines: str) -> None:
        self._lines += lines
        print("\n".join(lines), flush=True)


def with_spread(middle: float, values: Sequence[float], spell: Callable[[float], str]) -> str:
    """Return the mean or median of values with the lowest and the highest: **2** (1 to 3)."""
    return f"**{spell(middle)}** ({spell(min(values))} to {spell(max(values))})"


def measured() -> str:
    """Return the date and the machine of the measurement."""
    return f"{time.strftime('%Y-%m-%d')}, {description()}"
