"""Parquet files of columns, written by DuckDB."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chainrule.data.reading.duckdb_sql import file_name, open_database
from chainrule.data.table import Column
from chainrule.data.write.json_text import as_json_lines


def write_parquet(chunks: Iterable[Sequence[Column]], path: Path) -> None:
    """Write numbers as DOUBLE and texts as VARCHAR; a missing value is NULL.

    DuckDB reads them from a temporary file of JSON lines, which distinguishes NULL from an empty
    text, so that at most one chunk is in memory.
    """
    types: dict[str, str] = {}

    def with_types_recorded() -> Iterator[Sequence[Column]]:
        for columns in chunks:
            types.update({c.name: "DOUBLE" if c.kind == "number" else "VARCHAR" for c in columns})
            yield columns

    with open_database() as (database, folder):
        lines = folder / "rows.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(as_json_lines(with_types_recorded()))
        fields = ", ".join(f"{_literal(name)}: '{kind}'" for name, kind in types.items())
        rows = f"read_json($lines, format = 'newline_delimited', columns = {{{fields}}})"
        database.execute(
            f"COPY (SELECT * FROM {rows}) TO {_literal(str(path))} (FORMAT parquet)",
            {"lines": file_name(lines)},
        )


def _literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
