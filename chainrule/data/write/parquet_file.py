"""Parquet files of columns, written by DuckDB."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chainrule.data.reading.duckdb_sql import file_name, open_database
from chainrule.data.table import Column
from chainrule.data.write.json_text import as_json_lines
from chainrule.errors import InputError


def write_parquet(chunks: Iterable[Sequence[Column]], path: Path) -> None:
    """Write numbers as DOUBLE and texts as VARCHAR; a missing value is NULL.

    Columns that were read with a type are written with it.

    DuckDB reads them from a temporary file of JSON lines, which distinguishes NULL from an empty
    text, so that at most one chunk is in memory.
    """
    types: dict[str, str] = {}

    def with_types_recorded() -> Iterator[Sequence[Column]]:
        for columns in chunks:
            types.update({column.name: _type(column) for column in columns})
            yield columns

    with open_database() as (database, folder):
        lines = folder / "rows.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(as_json_lines(with_types_recorded()))
        _refuse_equal_but_for_case(list(types))
        fields = ", ".join(f"{_literal(name)}: '{kind}'" for name, kind in types.items())
        rows = f"read_json($lines, format = 'newline_delimited', columns = {{{fields}}})"
        database.execute(
            f"COPY (SELECT * FROM {rows}) TO {_literal(str(path))} (FORMAT parquet)",
            {"lines": file_name(lines)},
        )


def _type(column: Column) -> str:
    """Return the type in the file: that of the source, or by the kind of the values."""
    return column.stored_type or ("DOUBLE" if column.kind == "number" else "VARCHAR")


def _refuse_equal_but_for_case(names: list[str]) -> None:
    """Refuse names that DuckDB would number, as it does not tell them apart.

    Raises:
        InputError: two names differ in case only.
    """
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(name.lower(), name)
        if other is not name:
            raise InputError(
                f"got the columns '{other}' and '{name}' for a Parquet file, expected names that "
                "differ in more than case. Write another format, such as CSV."
            )


def _literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
