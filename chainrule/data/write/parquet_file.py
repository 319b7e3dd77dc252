"""Columns as Parquet, which DuckDB writes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chainrule.data.reading.duckdb_sql import file_name, open_database
from chainrule.data.table import Column
from chainrule.data.write.json_text import as_json_lines


def write_parquet(parts: Iterable[Sequence[Column]], path: Path) -> None:
    """Write numbers as DOUBLE and texts as VARCHAR; a missing value is NULL.

    DuckDB reads them from a passing file of JSON lines, which tells NULL from an empty text: so
    what is in memory is a part at most, however many there are.
    """
    types: dict[str, str] = {}

    def noted() -> Iterator[Sequence[Column]]:
        for columns in parts:
            types.update({c.name: "DOUBLE" if c.kind == "number" else "VARCHAR" for c in columns})
            yield columns

    with open_database() as (database, folder):
        lines = folder / "rows.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(as_json_lines(noted()))
        fields = ", ".join(f"{_literal(name)}: '{kind}'" for name, kind in types.items())
        rows = f"read_json($lines, format = 'newline_delimited', columns = {{{fields}}})"
        database.execute(
            f"COPY (SELECT * FROM {rows}) TO {_literal(str(path))} (FORMAT parquet)",
            {"lines": file_name(lines)},
        )


def _literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
