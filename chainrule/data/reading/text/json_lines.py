"""JSON files: an object per line, or an array of objects."""

import json
from pathlib import Path

import duckdb

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import (
    append_rows,
    fetch_kept,
    fetch_row,
    file_name,
    open_database,
)
from chainrule.data.reading.file_patterns import file_names, source_name
from chainrule.data.reading.select_columns import (
    match_names,
    notes_on_ignored,
    select_usable_columns,
)
from chainrule.data.reading.text.columns_from_text import read_text_rows
from chainrule.data.reading.text.text_encoding import Utf8, convert_to_utf8
from chainrule.data.table import RowLocations, Table, no_rows
from chainrule.errors import InputError

MAX_ROW_BYTES = 2**24


def read_json(files: list[Path], options: ReadOptions) -> Table:
    """Read JSON files as a table. A name that a row lacks is a missing value.

    Texts are read as those of a CSV file, true and false as texts. Objects and arrays are left out,
    with a note.
    Args:
        files: compressed or not.
        options: which columns are read, and how.
    Raises:
        InputError: a file or its values can't be read.
    """
    source = source_name(files)
    with open_database() as (database, folder):
        rows: list[tuple[str, int]] = []
        notes: list[str] = []
        for file, name in zip(files, file_names(files), strict=True):
            text = convert_to_utf8(file, name, folder, options.text_encoding)
            rows.append((name, _append(database, name, text)))
            notes += text.notes
        row_locations = RowLocations(tuple(rows))
        fields = _fields(database, source, row_locations)
        nested = {name: "object or array" for name, kind in fields.items() if kind == "nested"}
        if len(nested) == len(fields) and sum(count for _, count in rows) == 1:
            raise InputError(
                f"{source}: got one object whose values are all objects or arrays, as a table by "
                "columns has, expected an object for each row such as "
                '{"age": 39, "sex": "f"}. Write it by rows, in pandas with '
                "table.to_json(path, orient='records', lines=True)."
            )
        options = match_names(options, list(fields))
        names, left_out = select_usable_columns(options, source, list(fields), nested)
        texts = [*names, *options.keep]
        paths = ", ".join(_quoted(_path(name)) for name in texts)
        # All values of a row are extracted at once, as each extraction parses the row.
        expressions = [
            _value(index, name, options, fields.get(name, "text"))
            for index, name in enumerate(names)
        ]
        expressions += [f"texts[{index + 1}]" for index in range(len(names), len(texts))]
        values = ", ".join(f"{value} AS c{index}" for index, value in enumerate(expressions))
        database.execute(
            f"CREATE TEMP TABLE lines AS SELECT {values} FROM "
            f"(SELECT c0, json_extract_string(c0, [{paths}]) AS texts FROM objects)"
        )
        table = read_text_rows(
            database,
            source,
            row_locations,
            names,
            options,
            notes=[*notes, *left_out, *notes_on_ignored(options, source, list(fields))],
        )
        types = [_stored_type(database, name) for name in options.keep]
        kept = fetch_kept(database, "lines", options.keep, len(names), types)
        return table.with_kept(kept)


def _append(database: duckdb.DuckDBPyConnection, name: str, text: Utf8) -> int:
    """Append the rows of a file to the table `objects`, and return their number."""
    is_array = text.start.lstrip().startswith("[")
    objects = f"""
        read_json_objects($path, format = '{"array" if is_array else "newline_delimited"}',
                          compression = 'none', maximum_object_size = {MAX_ROW_BYTES})
    """
    try:
        return append_rows(database, "objects", ["json"], objects, {"path": file_name(text.path)})
    except duckdb.OutOfMemoryException:
        raise  # `open_database` tells it
    except duckdb.Error as error:
        raise _unreadable(name, text.path, is_array) from error


def _fields(
    database: duckdb.DuckDBPyConnection, source: str, row_locations: RowLocations
) -> dict[str, str]:
    """Return the kind of the values of each name: "text", "nested", or "numbers" if any is one.

    Raises:
        InputError: there is no row, or one that is no object.
    """
    if not any(rows for _, rows in row_locations.files):
        raise no_rows(source)
    invalid = database.execute(
        "SELECT rowid + 1, c0 FROM objects WHERE json_type(c0) <> 'OBJECT' ORDER BY rowid LIMIT 1"
    ).fetchall()
    for row, value in invalid:
        raise InputError(
            f"{row_locations.of(row)}: got {str(value)[:40]}, expected an object such as "
            '{"age": 39, "sex": "f"}. Write each row as one.'
        )
    structure = json.loads(
        fetch_row(database, "SELECT json_group_structure(c0)::VARCHAR FROM objects")[0]
    )
    if not isinstance(structure, dict) or not any(structure):
        raise InputError(
            f"{source}: got objects without a name in them, expected names and values such as "
            '{"age": 39, "sex": "f"}. Name the values.'
        )
    return {name: _kind(database, name, type_) for name, type_ in structure.items() if name}


def _kind(database: duckdb.DuckDBPyConnection, name: str, type_: object) -> str:
    """Return the kind of the values, from the type that DuckDB inferred."""
    kinds = {type_} if isinstance(type_, str) else {"OBJECT"}
    if type_ == "JSON":  # mixed types
        path = _quoted(_path(name))
        kinds = set(
            fetch_row(database, f"SELECT list(DISTINCT json_type(c0, {path})) FROM objects")[0]
        )
    if kinds & {"OBJECT", "ARRAY"}:
        return "nested"
    kinds -= {"NULL", None}
    return "text" if kinds and kinds <= {"VARCHAR", "BOOLEAN"} else "numbers"


def _stored_type(database: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """Return the type of the values of a name, None for texts and mixed types."""
    path = _quoted(_path(name))
    types = fetch_row(database, f"SELECT list(DISTINCT json_type(c0, {path})) FROM objects")[0]
    kinds = {*types} - {"NULL", None}
    if kinds and kinds <= {"BIGINT", "UBIGINT"}:
        return "HUGEINT"
    if kinds and kinds <= {"BIGINT", "UBIGINT", "DOUBLE"}:
        return "DOUBLE"
    return "BOOLEAN" if kinds == {"BOOLEAN"} else None


def _value(index: int, name: str, options: ReadOptions, kind: str) -> str:
    """Return SQL for the text of a value; numbers of JSON have the decimal sign of the options."""
    text = f"texts[{index + 1}]"
    if options.decimal_of(name) == "." or kind == "text":
        return text
    is_number = f"json_type(c0, {_quoted(_path(name))}) = 'DOUBLE'"
    return f"CASE WHEN {is_number} THEN replace({text}, '.', ',') ELSE {text} END"


def _path(name: str) -> str:
    """Return the JSON path of a name with any characters."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _unreadable(name: str, path: Path, is_array: bool) -> InputError:
    """Return the error and its line, as DuckDB's line numbers are not reliable."""
    line, reason = 1, "it is too long"
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate([file.read()] if is_array else file, start=1):
            try:
                if text.strip():
                    json.loads(text)
            except RecursionError:
                reason = "objects within objects without end"
                break
            except json.JSONDecodeError as error:
                reason = str(error)
                line = error.lineno if is_array else line
                break
    expected = "an array of objects" if is_array else "an object on each line"
    return InputError(
        f"{name}, line {line}: got JSON that cannot be read ({reason}), expected {expected}. "
        "Correct the line, or write the file again."
    )
