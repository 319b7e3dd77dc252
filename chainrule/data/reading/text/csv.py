"""CSV files: DuckDB splits the lines into texts; the types of columns are inferred here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import (
    append_rows,
    fetch_kept,
    file_name,
    open_database,
)
from chainrule.data.reading.file_patterns import check_same_columns, file_names, source_name
from chainrule.data.reading.select_columns import match_names, notes_on_ignored, select_columns
from chainrule.data.reading.text.columns_from_text import read_text_rows
from chainrule.data.reading.text.csv_header import Header, read_header
from chainrule.data.reading.text.doubtful_rows import Examined, FileRows, examine, listed_rows
from chainrule.data.reading.text.ragged_rows import RaggedRow, ragged_rows
from chainrule.data.reading.text.text_encoding import Utf8, convert_to_utf8
from chainrule.data.table import DoubtfulRows, RowLocations, Table
from chainrule.data.vocabulary import row_numbers
from chainrule.errors import InputError

# Small files are read by one thread: with two, a table of 785 columns and 9 MB took three times as
# long, as each thread creates its own row groups, which are then merged.
ONE_THREAD_BYTES = 100 * 2**20

FILES_NOTED = 2


@dataclass(frozen=True)
class _Csv:
    """A CSV file: the name for messages, the text, and the names of the columns."""

    name: str
    text: Utf8
    header: Header


@dataclass(frozen=True)
class Lines:
    """Rows of text in a table of a database.

    Attributes:
        options: by which they are read, with the names of columns as in the file.
        names: of the columns c0, c1, ...
        row_locations: the file of each row.
        delimiter: between the values.
        notes: on assumptions about the text, and on doubtful rows.
        doubtful_rows: rows that may be no samples.
    """

    options: ReadOptions
    names: list[str]
    row_locations: RowLocations
    delimiter: str
    notes: tuple[str, ...]
    doubtful_rows: tuple[DoubtfulRows, ...]


def read_csv(files: list[Path], options: ReadOptions) -> Table:
    """Read CSV files, each with a header line, as a table.

    The types of columns are inferred by `interpret`.
    Args:
        files: with the same columns, in any order; compressed or not, in any encoding, with any of
            , ; tab and | as delimiter.
        options: which columns are read, and how.
    Raises:
        InputError: a file or its values can't be read.
    """
    with open_database() as (database, folder):
        lines = load_lines(database, folder, files, options)
        table = read_text_rows(
            database,
            source_name(files),
            lines.row_locations,
            lines.names,
            lines.options,
            delimiter=lines.delimiter,
            notes=lines.notes,
        )
        kept = fetch_kept(database, "lines", lines.options.keep, len(lines.names))
        return replace(table.with_kept(kept), doubtful_rows=lines.doubtful_rows)


def load_lines(
    database: duckdb.DuckDBPyConnection,
    folder: Path,
    files: list[Path],
    options: ReadOptions,
    *,
    table: str = "lines",
    clean: Callable[[str], str] = str,
) -> Lines:
    """Load the text of CSV files into a table, as c0, c1, ..., behind them that of kept columns.

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
    options = match_names(options, opened[0].header.names)
    names = select_columns(options, source, opened[0].header.names)
    _refuse_numbers_for_several(options, opened)
    files_rows: list[FileRows] = []
    for csv in opened:
        start = files_rows[-1].stop if files_rows else 0
        files_rows.append(_load(database, csv, names, options.keep, table, clean, start))
    if not files_rows[-1].stop:
        raise InputError(
            f"{source}: got a header line and no rows below it, expected rows of values. "
            "Add the rows."
        )
    examined = [examine(rows, options) for rows in files_rows]
    removed = [each.removed for each in examined]
    _remove(database, table, files_rows, removed)
    counts = [
        (rows.source, rows.stop - rows.start - len(numbers))
        for rows, numbers in zip(files_rows, removed, strict=True)
    ]
    if not any(rows for _, rows in counts):
        raise InputError(
            f"{source}: got rows that are all left out by --skip-rows, expected rows of values. "
            "Name fewer rows."
        )
    delimiters = sorted({csv.header.delimiter for csv in opened})  # the comma before others
    pairs = list(zip(files_rows, examined, strict=True))
    notes = [
        *_first_files(source, [[*csv.text.notes, *csv.header.notes] for csv in opened]),
        *_first_files(source, [_notes_on_left_out(rows, each) for rows, each in pairs]),
        *_first_files(source, [[doubt.note for doubt in each.doubts] for each in examined]),
        *notes_on_ignored(options, source, opened[0].header.names),
    ]
    doubts = tuple(doubt for each in examined for doubt in each.doubts)
    locations = RowLocations(tuple(counts), tuple(map(tuple, removed)) if any(removed) else ())
    return Lines(options, names, locations, delimiters[0], tuple(notes), doubts)


def _refuse_numbers_for_several(options: ReadOptions, opened: list[_Csv]) -> None:
    if len(opened) > 1 and row_numbers(options.skip_rows):
        raise InputError(
            f"got --skip-rows {','.join(options.skip_rows)} for {len(opened)} files, expected "
            "numbers of rows for a single file. Leave out kinds of rows, such as totals, or give "
            "one file."
        )


def _remove(
    database: duckdb.DuckDBPyConnection,
    table: str,
    files_rows: list[FileRows],
    removed: list[list[int]],
) -> None:
    """Remove rows from the table, so that the others have successive rowids."""
    if not any(removed):
        return
    rowids = ", ".join(
        rows.rowids(numbers) for rows, numbers in zip(files_rows, removed, strict=True)
    )
    database.execute(
        f"CREATE TEMP TABLE others AS SELECT * FROM {table} WHERE rowid NOT IN ({rowids}) "
        "ORDER BY rowid"
    )
    database.execute(f"DROP TABLE {table}")
    database.execute(f"ALTER TABLE others RENAME TO {table}")


def _notes_on_left_out(rows: FileRows, examined: Examined) -> list[str]:
    if not examined.left_out:
        return []
    numbers = listed_rows(sorted(examined.left_out))
    return [f"{rows.source}: {numbers} left out by --skip-rows"]


def _first_files(source: str, notes: list[list[str]]) -> list[str]:
    """Return the notes on the first few files that have any, and the number of the others."""
    with_notes = [of_file for of_file in notes if of_file]
    more = len(with_notes) - FILES_NOTED
    rest = [f"{source}: the same goes for {pluralised(more, 'more file')}"] if more > 0 else []
    return [*(note for of_file in with_notes[:FILES_NOTED] for note in of_file), *rest]


def _open(file: Path, name: str, folder: Path, options: ReadOptions) -> _Csv:
    text = convert_to_utf8(file, name, folder, options.text_encoding)
    return _Csv(name, text, read_header(name, text.start, text.whole, options))


def _load(
    database: duckdb.DuckDBPyConnection,
    csv: _Csv,
    names: list[str],
    kept: Sequence[str],
    table: str,
    clean: Callable[[str], str],
    start: int,
) -> FileRows:
    """Append the text of the named columns to a table, that of kept ones last; return the rows.

    Raises:
        InputError: the lines cannot be split, or one has more values than the header.
    """
    known = csv.header.names
    index_of = {name: index for index, name in enumerate(known)}
    values = [clean(f"f{index_of[name]}") for name in names]
    values += [f"f{index_of[name]}" for name in kept]
    short: list[RaggedRow] = []
    try:
        rows = append_rows(database, table, values, *_lines(csv))
    except duckdb.InvalidInputException as error:
        if not DIFFERENT_COUNT.search(str(error)):
            raise _unreadable(csv, error) from error
        short = list(ragged_rows(csv.text.path, csv.header))
        if not short or any(len(row.values) > len(known) for row in short):
            raise _unreadable(csv, error) from error
        try:
            rows = append_rows(database, table, values, *_lines(csv, PADDED))
        except duckdb.OutOfMemoryException:
            raise  # `open_database` tells it
        except duckdb.Error as other:
            raise _unreadable(csv, other) from other
    except duckdb.OutOfMemoryException:
        raise  # `open_database` tells it
    except duckdb.Error as error:
        raise _unreadable(csv, error) from error
    cells = [csv.header.cells[index_of[name]] for name in names]
    stop = start + rows
    return FileRows(database, table, csv.name, cells, len(known), start, stop, tuple(short))


# Rows with too few values get NULL for the others; a row in quotes may go on in the next line.
PADDED = ", null_padding = true, parallel = false"


def _lines(csv: _Csv, settings: str = "") -> tuple[str, dict[str, str]]:
    """Return SQL for the lines of a file as f0, f1, ..., for a FROM clause, and its parameters.

    All parameters are set: DuckDB's detection would skip lines that do not fit the others.
    """
    fields = ", ".join(f"f{index}: 'VARCHAR'" for index in range(len(csv.header.names)))
    lines = f"""
        read_csv($path, columns = {{{fields}}}, auto_detect = false,
                 header = {str(csv.header.named).lower()}, skip = {csv.header.skipped},
                 delim = $delimiter, quote = '"', escape = '"', compression = 'none'{settings})
    """
    return lines, {"path": file_name(csv.text.path), "delimiter": csv.header.delimiter}


DIFFERENT_COUNT = re.compile(r"Expected Number of Columns: \d+ Found: \d+")


def _unreadable(csv: _Csv, error: duckdb.Error) -> InputError:
    """Turn DuckDB's error on lines that it can't split into one for the user."""
    source, message = csv.name, str(error)
    ragged = ragged_rows(csv.text.path, csv.header) if DIFFERENT_COUNT.search(message) else ()
    for row in ragged:
        if len(row.values) > len(csv.header.names):
            return InputError(
                f"{source}, line {row.line} (row {row.number}): "
                f"{row.describe(len(csv.header.names))} Put values that contain the delimiter "
                f"'{row.delimiter}' into double quotes, and give every row as many values."
            )
    line = re.search(r"CSV Error on Line: (\d+)", message)
    where = f"{source}, line {line[1]}" if line else source
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
