"""Rows of a CSV file that have more or fewer values than the header."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chainrule.data.formatting import pluralised
from chainrule.data.reading.text.csv_header import Header

SHOWN = 80


@dataclass(frozen=True)
class RaggedRow:
    """A row with another number of values than the header.

    Attributes:
        number: of the row, counted from 1 below the header; blank lines are not counted.
        line: in which it begins, counted from 1.
        values: that it has.
        delimiter: between them.
    """

    number: int
    line: int
    values: tuple[str, ...]
    delimiter: str

    def describe(self, expected: int) -> str:
        """Return what was got and expected, for messages.

        Args:
            expected: number of values of the header.
        """
        text = self.delimiter.join(self.values)
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
        return (
            f"got {pluralised(len(self.values), 'value')}, expected {expected} as in the header "
            f"line, in: {shown}."
        )


def ragged_rows(path: Path, header: Header) -> Iterator[RaggedRow]:
    """Yield the ragged rows of a file in UTF-8, in order.

    Python's reader finds them, as DuckDB does not count the line ends within quotes. Rows behind a
    quote without its partner are not read.
    """
    line, number = 1, 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=header.delimiter)
        try:
            for index, values in enumerate(reader):
                if values and index >= header.skipped + header.named:
                    number += 1
                    if len(values) != len(header.names):
                        yield RaggedRow(number, line, tuple(values), header.delimiter)
                line = reader.line_num + 1
        except csv.Error:
            return
