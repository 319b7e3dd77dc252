"""CSV text of columns: a header line, then a line for each row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from chainrule.data.table import Column


def as_csv(chunks: Iterable[Sequence[Column]]) -> Iterator[str]:
    """Yield the text of each chunk, the first with a header line. A missing value is empty."""
    has_header = False
    for columns in chunks:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        if not has_header:
            writer.writerow([column.name for column in columns])
            has_header = True
        writer.writerows(zip(*(column.categories() for column in columns), strict=True))
        yield text.getvalue()
