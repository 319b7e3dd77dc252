"""CSV, packed by gzip or not: DuckDB splits the lines into text, the rules for types are ours."""

import re
from pathlib import Path

import duckdb

from chainrule.data.assemble import assemble
from chainrule.data.column_kinds import numeric_columns
from chainrule.data.encoding import text_of
from chainrule.data.header import read_header
from chainrule.data.query import cleaned, fetch_columns, file_name, fill, note_on_copies
from chainrule.data.request import Request
from chainrule.data.spelling import NUMBER_MACRO, counted
from chainrule.data.table import Table
from chainrule.data.unpack import is_gzip
from chainrule.errors import InputError


def read_csv(path: Path, request: Request) -> Table:
    """The table in a CSV file that begins with a header line.

    A column is one of numbers if all its values are numbers or missing, else of categories.
    Args:
        path: of the file; UTF-8, with any of , ; tab and | between its values.
        request: which columns are wanted.
    Raises:
        InputError: the file cannot be read, or its values cannot be understood.
    """
    source = path.name
    texts = text_of(path)
    start = next(texts, "")
    pieces = sum(1 for _ in texts)  # to the end: wrong bytes are found before DuckDB meets them
    delimiter, known = read_header(source, start, whole=pieces <= 1)
    names = request.names(source, known)
    with duckdb.connect() as database:
        rows = _fill_from_lines(database, path, delimiter, known, names, request)
        if rows == 0:
            raise InputError(
                f"{source}: got a header line and no rows below it, expected rows of values. "
                "Add the rows."
            )
        database.execute(NUMBER_MACRO)
        numeric = numeric_columns(database, source, names, request.categorical)
        values = [
            f"number(c{place})" if name in numeric else f"c{place}"
            for place, name in enumerate(names)
        ]
        columns = fetch_columns(database, names, values, numeric)
        notes = [] if request.target is None else note_on_copies(database, source, rows)
    return assemble(source, columns, request.target, notes)


def _fill_from_lines(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    delimiter: str,
    known: list[str],
    names: list[str],
    request: Request,
) -> int:
    """Fill the table `given` with the text of the named columns, and return its number of rows."""
    # All is told to DuckDB: by itself it would skip lines until the others suit it.
    fields = ", ".join(f"f{place}: 'VARCHAR'" for place in range(len(known)))
    lines = f"""
        read_csv($path, columns = {{{fields}}}, auto_detect = false, header = true,
                 delim = $delimiter, quote = '"', escape = '"', compression = $packing)
    """
    parameters = {
        "path": file_name(path),
        "delimiter": delimiter,
        "packing": "gzip" if is_gzip(path) else "none",
    }
    place_of = {name: place for place, name in enumerate(known)}
    values = [cleaned(f"f{place_of[name]}", request.missing_spellings) for name in names]
    try:
        return fill(database, values, lines, parameters)
    except duckdb.Error as error:
        raise _unreadable(path.name, str(error)) from error


def _unreadable(source: str, message: str) -> InputError:
    """What DuckDB says about lines that it cannot split, said for people."""
    line = re.search(r"CSV Error on Line: (\d+)", message)
    where = f"{source}, line {line[1]}" if line else source
    if counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message):
        return InputError(
            f"{where}: got {counted(int(counts[2]), 'value')}, expected {counts[1]} as in the "
            "header line. Put values that contain the delimiter into double quotes, and give every "
            "row as many values."
        )
    if line and "unterminated quote" in message:
        return InputError(
            f"{where}: got a double quote without its partner, expected a value to begin and end "
            'with one or have none. Write a double quote inside a value as "".'
        )
    reason = message.splitlines()[0].removeprefix("Invalid Input Error: ").strip()
    return InputError(
        f"{where}: got lines that cannot be split into values ({reason}), expected CSV with the "
        "same line ends throughout. Save the file again from a spreadsheet or a text editor."
    )
