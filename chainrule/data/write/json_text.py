"""Columns as JSON: an object for each row, one a line, or all of them in an array."""

import json
from collections.abc import Iterable, Iterator, Sequence

from chainrule.data.table import Column


def as_json_lines(parts: Iterable[Sequence[Column]]) -> Iterator[str]:
    """The text of each part, a line for each row. A missing value is null."""
    for columns in parts:
        yield "".join(f"{row}\n" for row in _objects(columns))


def as_json(parts: Iterable[Sequence[Column]]) -> Iterator[str]:
    """The text of an array of all rows, part by part."""
    before = "[\n"
    for columns in parts:
        yield before + ",\n".join(_objects(columns))
        before = ",\n"
    yield "\n]\n"


def _objects(columns: Sequence[Column]) -> Iterator[str]:
    names = [_spelled(column.name) for column in columns]
    for values in zip(*(_values(column) for column in columns), strict=True):
        fields = (f"{name}: {value}" for name, value in zip(names, values, strict=True))
        yield "{" + ", ".join(fields) + "}"


def _values(column: Column) -> Iterator[str]:
    """Each value as JSON. A number is JSON as people write it: 3 rather than 3.0."""
    for text in column.categories():
        yield str(text) if column.kind == "number" and text is not None else _spelled(text)


def _spelled(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)
