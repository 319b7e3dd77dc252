"""The names of the columns of a CSV file, and detection of the delimiter."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.text.header_row import HeaderRow, Record, find_header_row
from chainrule.errors import InputError

DELIMITERS = ",;\t|"
MAX_ROWS = 50
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[ ;,]*\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The header of a CSV file.

    Attributes:
        delimiter: between values.
        names: of the columns.
        cells: the names as in the file, empty for an unnamed column.
        skipped: number of rows above the names, or above the values if there are no names:
            1 after ``sep=;``, as Excel writes it.
        named: whether the file has a row of names.
        notes: on how the names were found.
    """

    delimiter: str
    names: list[str]
    cells: tuple[str, ...]
    skipped: int = 0
    named: bool = True
    notes: tuple[str, ...] = ()


def read_header(source: str, start: str, whole: bool, options: ReadOptions) -> Header:
    """Detect the delimiter of a CSV file, and return the names of its columns.

    The delimiter is the one with which most of the first rows have the same number of values; on
    a tie, the one with more of them. An unnamed column is called by its number.
    Args:
        source: the name of the file.
        start: the beginning of its text.
        whole: whether `start` is the whole text, so that its last line is complete.
        options: the delimiter and the row of names, if they are set.
    Raises:
        InputError: it is in doubt which row has the names, or a name is repeated.

    >>> header = read_header("wine.csv", 'alcohol;"pH"\\n9,4;3,51\\n', True, ReadOptions())
    >>> header.delimiter, header.names
    (';', ['alcohol', 'pH'])
    """
    separator = SEPARATOR_LINE.match(start)
    body = start[separator.end() :] if separator else start
    skipped = 1 if separator else 0
    limit = max(MAX_ROWS, options.header_row or 0)
    candidates = options.delimiter_sign or (separator[1] if separator else DELIMITERS)
    best = (0, 0, candidates[0], [*_records(body, candidates[0], whole, limit, skipped)], 1)
    for delimiter in candidates:
        records = _records(body, delimiter, whole, limit, skipped)
        width, agreeing = _usual_width(records)
        if width > 1:
            option = (agreeing, width, delimiter, records, width)
            best = max(best, option, key=lambda key: key[:2])
    _, _, delimiter, records, width = best
    row = _header_row(source, records, width, options)
    cells = records[row.index].cells if row.named else ("",) * width
    _refuse_repeated(source, cells, records[row.index].line)
    names = [name or f"column {number}" for number, name in enumerate(cells, start=1)]
    notes = [*row.notes]
    if row.named:
        notes += _note_on_unnamed(source, cells, records[row.index :])
    return Header(delimiter, names, tuple(cells), skipped + row.index, row.named, tuple(notes))


def _header_row(
    source: str, records: Sequence[Record], width: int, options: ReadOptions
) -> HeaderRow:
    """Return the row of names that the options set, or else the one that is found.

    Raises:
        InputError: the file has no such row.
    """
    if options.no_header and options.header_row is not None:
        raise InputError(
            "got --no-header and --header-row, expected one of them: a file without names has no "
            "row of names. Leave one out."
        )
    if options.no_header:
        first = next((i for i, record in enumerate(records) if record.filled), 0)
        return HeaderRow(first, False)
    if options.header_row is None:
        return find_header_row(source, records, width)
    for index, record in enumerate(records):
        if record.line == options.header_row and record.filled:
            return HeaderRow(index, True)
    raise InputError(
        f"{source}: got --header-row {options.header_row}, expected the number of a line that has "
        "the names of the columns. Count the lines from 1, blank ones too."
    )


def _records(start: str, delimiter: str, whole: bool, limit: int, skipped: int) -> list[Record]:
    """Split the first rows, at most `limit` and one more.

    Args:
        start: the beginning of the text, after `skipped` lines.
        delimiter: between values.
        whole: whether it is the whole text.
        limit: of the number of rows.
        skipped: number of lines before the text.
    """
    records: list[Record] = []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    line = skipped + 1
    try:
        for values in reader:
            records.append(Record(line, tuple(value.strip() for value in values)))
            line = skipped + reader.line_num + 1
            if len(records) > limit:
                return records
    except csv.Error:  # an unterminated quote; the reader will name the line
        return records or [Record(1, ("",))]
    if not records:
        return [Record(1, ("",))]
    return records if whole or len(records) == 1 else records[:-1]


def _usual_width(records: Sequence[Record]) -> tuple[int, int]:
    """Return the most frequent number of values of a row, and the number of rows with it."""
    widths = Counter(len(record.cells) for record in records if record.cells)
    if not widths:
        return 0, 0
    first = next(len(record.cells) for record in records if record.cells)
    return max(widths.items(), key=lambda item: (item[1], item[0] == first, item[0]))


def _refuse_repeated(source: str, names: Sequence[str], line: int) -> None:
    repeated = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if repeated:
        raise InputError(
            f"{source}: got more than one column named {quoted_list(repeated)}, expected each name "
            f"once. Rename or delete the others; or, if line {line} does not have the names, give "
            "the number of the line that has them with --header-row, or say --no-header."
        )


def _note_on_unnamed(source: str, cells: Sequence[str], records: Sequence[Record]) -> list[str]:
    """Return a note on columns of values without a name."""
    unnamed = [
        f"column {column + 1}"
        for column, cell in enumerate(cells)
        if not cell and any(r.cells[column : column + 1] not in ((), ("",)) for r in records)
    ]
    if not unnamed:
        return []
    has = "has no name and is" if len(unnamed) == 1 else "have no names and are"
    return [f"{source}: {pluralised(len(unnamed), 'column')} {has} called {quoted_list(unnamed)}"]
