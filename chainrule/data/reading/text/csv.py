"""CSV: DuckDB splits the lines into text, the rules for types are ours."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import connected, file_name, fill
from chainrule.data.reading.file_patterns import each_name, name_of, same_columns
from chainrule.data.reading.select_columns import note_on_ignored, select_columns
from chainrule.data.reading.text.columns_from_text import table_of_lines
from chainrule.data.reading.text.csv_header import Header, read_header
from chainrule.data.reading.text.number_format import NumberStyle, number_styles
from chainrule.data.reading.text.text_encoding import Utf8, as_utf8
from chainrule.data.table import RowLocations, Table
from chainrule.errors import InputError

# A small file is read by one thread: with two, a table of 785 columns and 9 MB took three times as
# long, as each thread makes row groups of its own that are then joined.
ONE_THREAD_BYTES = 100 * 2**20

FILES_NOTED = 2


@dataclass(frozen=True)
class _Csv:
    """A CSV file: its name for messages, its text, and its header line."""

    name: str
    text: Utf8
    header: Header


@dataclass(frozen=True)
class Lines:
    """Rows of text in a table of a database.

    Attributes:
        names: of the columns c0, c1, ...
        places: of the rows.
        styles: the ways in which numbers may be written.
        notes: what was assumed about the text.
    """

    names: list[str]
    places: RowLocations
    styles: tuple[NumberStyle, ...]
    notes: tuple[str, ...]


def read_csv(files: list[Path], options: ReadOptions) -> Table:
    """The table in CSV files that each begin with a header line.

    A column is one of numbers if all its values are numbers or missing, else of categories.
    Args:
        files: of the same columns, in any order; packed or not, in any encoding, with any of
            , ; tab and | between the values.
        options: which columns are wanted, and how they are read.
    Raises:
        InputError: a file cannot be read, or its values cannot be understood.
    """
    with connected() as (database, folder):
        lines = fill_lines(database, folder, files, options)
        return table_of_lines(
            database,
            name_of(files),
            lines.places,
            lines.names,
            options,
            styles=lines.styles,
            notes=lines.notes,
        )


def fill_lines(
    database: duckdb.DuckDBPyConnection,
    folder: Path,
    files: list[Path],
    options: ReadOptions,
    *,
    table: str = "lines",
    kept: Callable[[str], str] = str,
) -> Lines:
    """Put the text of CSV files into a table, as c0, c1, ...

    Args:
        database: for the table.
        folder: where a copy of a file may be written.
        files: as for `read_csv`.
        options: which columns are wanted, and how they are read.
        table: its name.
        kept: gives SQL for what is kept of a text, itself SQL.
    Raises:
        InputError: a file cannot be read.
    """
    source = name_of(files)
    if sum(file.stat().st_size for file in files) < ONE_THREAD_BYTES:
        database.execute("SET threads = 1")
    opened = [
        _opened(file, name, folder, options)
        for file, name in zip(files, each_name(files), strict=True)
    ]
    same_columns({csv.name: csv.header.names for csv in opened})
    names = select_columns(options, source, opened[0].header.names)
    counts = [(csv.name, _fill(database, csv, names, table, kept)) for csv in opened]
    if not any(rows for _, rows in counts):
        raise InputError(
            f"{source}: got a header line and no rows below it, expected rows of values. "
            "Add the rows."
        )
    styles = number_styles(options.decimal, [csv.header.delimiter for csv in opened])
    notes = [*_notes(source, opened), *note_on_ignored(options, source, opened[0].header.names)]
    return Lines(names, RowLocations(tuple(counts)), styles, tuple(notes))


def _notes(source: str, opened: list[_Csv]) -> list[str]:
    """What was assumed about the text, told of the first few of many files."""
    notes = [note for csv in opened for note in csv.text.notes]
    more = len(notes) - FILES_NOTED
    rest = [f"{source}: the same goes for {pluralised(more, 'more file')}"] if more > 0 else []
    return [*notes[:FILES_NOTED], *rest]


def _opened(file: Path, name: str, folder: Path, options: ReadOptions) -> _Csv:
    text = as_utf8(file, name, folder, options.text_encoding)
    return _Csv(name, text, read_header(name, text.start, text.whole, options.delimiter_sign))


def _fill(
    database: duckdb.DuckDBPyConnection,
    csv: _Csv,
    names: list[str],
    table: str,
    kept: Callable[[str], str],
) -> int:
    """Add the text of the named columns to a table, and return the number of rows."""
    # All is told to DuckDB: by itself it would skip lines until the others suit it.
    known = csv.header.names
    fields = ", ".join(f"f{place}: 'VARCHAR'" for place in range(len(known)))
    lines = f"""
        read_csv($path, columns = {{{fields}}}, auto_detect = false, header = true,
                 skip = {csv.header.skipped}, delim = $delimiter, quote = '"', escape = '"',
                 compression = 'none')
    """
    parameters = {"path": file_name(csv.text.path), "delimiter": csv.header.delimiter}
    place_of = {name: place for place, name in enumerate(known)}
    try:
        values = [kept(f"f{place_of[name]}") for name in names]
        return fill(database, table, values, lines, parameters)
    except duckdb.Error as error:
        raise _unreadable(csv.name, str(error)) from error


def _unreadable(source: str, message: str) -> InputError:
    """What DuckDB says about lines that it cannot split, said for people."""
    line = re.search(r"CSV Error on Line: (\d+)", message)
    where = f"{source}, line {line[1]}" if line else source
    if counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message):
        return InputError(
            f"{where}: got {pluralised(int(counts[2]), 'value')}, expected {counts[1]} as in the "
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
