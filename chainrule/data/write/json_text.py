"""JSON text of columns: an object for each row, one per line or in an array."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from chainrule.data.table import Column

# A number or truth value; others, such as dates and infinite numbers, are texts in JSON.
LITERAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false")


def as_json_lines(chunks: Iterable[Sequence[Column]]) -> Iterator[str]:
    """Yield the text of each chunk, a line for each row. A missing value is null."""
    for columns in chunks:
        yield "".join(f"{row}\n" for row in _objects(columns))


def as_json(chunks: Iterable[Sequence[Column]]) -> Iterator[str]:
    """Yield the text of an array of all rows, chunk by chunk."""
    separator = "[\n"
    for columns in chunks:
        yield separator + ",\n".join(_objects(columns))
        separator = ",\n"
    yield "\n]\n"


def _objects(columns: Sequence[Column]) -> Iterator[str]:
    names = [_json(column.name) for column in columns]
    for values in zip(*(_values(column) for column in columns), strict=True):
        fields = (f"{name}: {value}" for name, value in zip(names, values, strict=True))
        yield "{" + ", ".join(fields) + "}"


def _values(column: Column) -> Iterator[str]:
    """Yield each value as JSON, whole numbers without '.0'."""
    typed = column.kind == "number" or column.stored_type is not None
    for text in column.categories():
        yield text if typed and text is not None and LITERAL.fullmatch(text) else _json(text)


def _json(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)
