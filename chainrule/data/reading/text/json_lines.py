"""JSON: a line for each row, an object of names and values; or all the objects in one array."""

import json
from pathlib import Path

import duckdb

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import connected, file_name, fill, one_row
from chainrule.data.reading.file_patterns import each_name, name_of
from chainrule.data.reading.select_columns import note_on_ignored, select_usable_columns
from chainrule.data.reading.text.columns_from_text import table_of_lines
from chainrule.data.reading.text.number_format import number_styles
from chainrule.data.reading.text.text_encoding import Utf8, as_utf8
from chainrule.data.table import RowLocations, Table, no_rows
from chainrule.errors import InputError

MOST_BYTES_A_ROW = 2**24


def read_json(files: list[Path], options: ReadOptions) -> Table:
    """The table in files of JSON lines. A name that a row lacks is a missing value there.

    Numbers are numbers, text is of categories even if it is written as a number, and so are true
    and false. Where text stands among numbers the rules of CSV hold. Objects and arrays are left
    out, with a note.
    Args:
        files: packed or not.
        options: which columns are wanted, and how they are read.
    Raises:
        InputError: a file cannot be read, or its values cannot be understood.
    """
    source = name_of(files)
    with connected() as (database, folder):
        rows: list[tuple[str, int]] = []
        notes: list[str] = []
        for file, name in zip(files, each_name(files), strict=True):
            text = as_utf8(file, name, folder, options.text_encoding)
            rows.append((name, _fill(database, name, text)))
            notes += text.notes
        places = RowLocations(tuple(rows))
        fields = _fields(database, source, places)
        nested = {name: "object or array" for name, kind in fields.items() if kind == "nested"}
        names, left_out = select_usable_columns(options, source, list(fields), nested)
        paths = ", ".join(_quoted(_path(name)) for name in names)
        # All values of a row are taken from it at once, as each time it is parsed anew.
        values = ", ".join(f"found[{place + 1}] AS c{place}" for place in range(len(names)))
        database.execute(
            f"CREATE TEMP TABLE lines AS SELECT {values} FROM "
            f"(SELECT json_extract_string(c0, [{paths}]) AS found FROM objects)"
        )
        return table_of_lines(
            database,
            source,
            places,
            names,
            options,
            styles=number_styles(None, []),
            texts=[name for name in names if fields[name] == "text"],
            notes=[*notes, *left_out, *note_on_ignored(options, source, list(fields))],
        )


def _fill(database: duckdb.DuckDBPyConnection, name: str, text: Utf8) -> int:
    """Add the rows of a file to the table `objects`, and return their number."""
    is_array = text.start.lstrip().startswith("[")
    objects = f"""
        read_json_objects($path, format = '{"array" if is_array else "newline_delimited"}',
                          compression = 'none', maximum_object_size = {MOST_BYTES_A_ROW})
    """
    try:
        return fill(database, "objects", ["json"], objects, {"path": file_name(text.path)})
    except duckdb.Error as error:
        raise _unreadable(name, text.path, is_array) from error


def _fields(
    database: duckdb.DuckDBPyConnection, source: str, places: RowLocations
) -> dict[str, str]:
    """What the values of each name are: "text", "nested", or else "numbers" or a mixture.

    Raises:
        InputError: there is no row, or one that is no object.
    """
    if not any(rows for _, rows in places.files):
        raise no_rows(source)
    other = database.execute(
        "SELECT rowid + 1, c0 FROM objects WHERE json_type(c0) <> 'OBJECT' ORDER BY rowid LIMIT 1"
    ).fetchall()
    for row, value in other:
        raise InputError(
            f"{places.of(row)}: got {str(value)[:40]}, expected an object such as "
            '{"age": 39, "sex": "f"}. Write each row as one.'
        )
    structure = json.loads(
        one_row(database, "SELECT json_group_structure(c0)::VARCHAR FROM objects")[0]
    )
    if not isinstance(structure, dict) or not any(structure):
        raise InputError(
            f"{source}: got objects without a name in them, expected names and values such as "
            '{"age": 39, "sex": "f"}. Name the values.'
        )
    return {name: _kind(database, name, found) for name, found in structure.items() if name}


def _kind(database: duckdb.DuckDBPyConnection, name: str, found: object) -> str:
    """What the values are, from the types that DuckDB found in them."""
    kinds = {found} if isinstance(found, str) else {"OBJECT"}
    if found == "JSON":  # a mixture
        path = _quoted(_path(name))
        kinds = set(
            one_row(database, f"SELECT list(DISTINCT json_type(c0, {path})) FROM objects")[0]
        )
    if kinds & {"OBJECT", "ARRAY"}:
        return "nested"
    there = kinds - {"NULL", None}
    return "text" if there and there <= {"VARCHAR", "BOOLEAN"} else "numbers"


def _path(name: str) -> str:
    """The JSON path of a name, whatever signs are in it."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _unreadable(name: str, path: Path, is_array: bool) -> InputError:
    """What is wrong with a file, and where: DuckDB doesn't always count its lines right."""
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
