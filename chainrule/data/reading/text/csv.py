"""CSV files: DuckDB splits the lines into texts; the types of columns are inferred here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import append_rows, file_name, open_database
from chainrule.data.reading.file_patterns import check_same_columns, file_names, source_name
from chainrule.data.reading.select_columns import notes_on_ignored, select_columns
from chainrule.data.reading.text.columns_from_text import read_text_rows
from chainrule.data.reading.text.csv_header import Header, read_header
from chainrule.data.reading.text.number_format import NumberStyle, number_styles
from chainrule.data.reading.text.text_encoding import Utf8, convert_to_utf8
from chainrule.data.table import RowLocations, Table
from chainrule.errors import InputError

# Small files are read by one thread: with two, a table of 785 columns and 9 MB took three times as
# long, as each thread creates its own row groups, which are then merged.
ONE_THREAD_BYTES = 100 * 2**20

FILES_NOTED = 2


@dataclass(frozen=True)
class _Csv:
    """A CSV file: the name for messages, the text, and the header line."""

    name: str
    text: Utf8
    header: Header


@dataclass(frozen=True)
class Lines:
    """Rows of text in a table of a database.

    Attributes:
        names: of the columns c0, c1, ...
        row_locations: the file of each row.
        styles: the allowed number formats.
        notes: on assumptions about the text.
    """

    names: list[str]
    row_locations: RowLocations
    styles: tuple[NumberStyle, ...]
    notes: tuple[str, ...]


def read_csv(files: list[Path], options: ReadOptions) -> Table:
    """Read CSV files, each with a header line, as a table.

    A column is numeric if all its values are numbers or missing, else categorical.
    Args:
        files: with the same columns, in any order; compressed or not, in any encoding, with any of
            , ; tab and | as delimiter.
        options: which columns are read, and how.
    Raises:
        InputError: a file or its values can't be read.
    """
    with open_database() as (database, folder):
        lines = load_lines(database, folder, files, options)
        return read_text_rows(
            database,
            source_name(files),
            lines.row_locations,
            lines.names,
            options,
            styles=lines.styles,
            notes=lines.notes,
        )


def load_lines(
    database: duckdb.DuckDBPyConnection,
    folder: Path,
    files: list[Path],
    options: ReadOptions,
    *,
    table: str = "lines",
    clean: Callable[[str], str] = str,
) -> Lines:
    """Load the text of CSV files into a table, as c0, c1, ...

    Args:
        database: of the table.
        folder: for a converted copy of a file.
        files: as of `read_csv`.
        options: which columns are read, and how.
        table: the name of the table.
        clean: returns SQL for the text to store, given SQL for the text in the file.
    Raises:
        InputError: a file can't be read.
    """
    source = source_name(files)
    if sum(file.stat().st_size for file in files) < ONE_THREAD_BYTES:
        database.execute("SET threads = 1")
    opened = [
        _open(file, name, folder, options)
        for file, name in zip(files, file_names(files), strict=True)
    ]
    check_same_columns({csv.name: csv.header.names for csv in opened})
    names = select_columns(options, source, opened[0].header.names)
    counts = [(csv.name, _append(database, csv, names, table, clean)) for csv in opened]
    if not any(rows for _, rows in counts):
        raise InputError(
            f"{source}: got a header line and no rows below it, expected rows of values. "
            "Add the rows."
        )
    styles = number_styles(options.decimal, [csv.header.delimiter for csv in opened])
    notes = [*_notes(source, opened), *notes_on_ignored(options, source, opened[0].header.names)]
    return Lines(names, RowLocations(tuple(counts)), styles, tuple(notes))


def _notes(source: str, opened: list[_Csv]) -> list[str]:
    """Return notes on assumptions about the text, for the first few of many files."""
    notes = [note for csv in opened for note in csv.text.notes]
    more = len(notes) - FILES_NOTED
    rest = [f"{source}: the same goes for {pluralised(more, 'more file')}"] if more > 0 else []
    return [*notes[:FILES_NOTED], *rest]


def _open(file: Path, name: str, folder: Path, options: ReadOptions) -> _Csv:
    text = convert_to_utf8(file, name, folder, options.text_encoding)
    return _Csv(name, text, read_header(name, text.start, text.whole, options.delimiter_sign))


def _append(
    database: duckdb.DuckDBPyConnection,
    csv: _Csv,
    names: list[str],
    table: str,
    clean: Callable[[str], str],
) -> int:
    """Append the text of the named columns to a table, and return the number of rows."""
    # All parameters are set: DuckDB's detection would skip lines that do not fit the others.
    known = csv.header.names
    fields = ", ".join(f"f{index}: 'VARCHAR'" for index in range(len(known)))
    lines = f"""
        read_csv($path, columns = {{{fields}}}, auto_detect = false, header = true,
                 skip = {csv.header.skipped}, delim = $delimiter, quote = '"', escape = '"',
                 compression = 'none')
    """
    parameters = {"path": file_name(csv.text.path), "delimiter": csv.header.delimiter}
    index_of = {name: index for index, name in enumerate(known)}
    try:
        values = [clean(f"f{index_of[name]}") for name in names]
        return append_rows(database, table, values, lines, parameters)
    except duckdb.Error as error:
        raise _unreadable(csv.name, str(error)) from error


def _unreadable(source: str, message: str) -> InputError:
    """Turn DuckDB's message on lines that it can't split into an error for the user."""
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
