"""Columns as CSV: a line of names, then a line for each row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from chainrule.data.table import Column


def as_csv(parts: Iterable[Sequence[Column]]) -> Iterator[str]:
    """The text of each part, below the names of the columns. A missing value is empty."""
    named = False
    for columns in parts:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        if not named:
            writer.writerow([column.name for column in columns])
            named = True
        writer.writerows(zip(*(column.categories() for column in columns), strict=True))
        yield text.getvalue()
