"""The header line of a CSV file, and detection of the delimiter."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from chainrule.data.formatting import parse_number, quoted_list
from chainrule.errors import InputError

DELIMITERS = ",;\t|"
MAX_ROWS = 20
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[ ;,]*\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The header of a CSV file.

    Attributes:
        delimiter: between values.
        names: of the columns.
        skipped: number of lines above the names: 1 after ``sep=;``, as Excel writes it.
    """

    delimiter: str
    names: list[str]
    skipped: int = 0


def read_header(source: str, start: str, whole: bool, delimiter: str | None = None) -> Header:
    """Detect the delimiter of a CSV file, and return the names of its columns.

    The delimiter is the one with which most of the first rows have as many values as the header has
    names; on a tie, the one that splits the header into the most names. An unnamed column is called
    by its number.
    Args:
        source: the name of the file.
        start: the beginning of its text.
        whole: whether `start` is the whole text, so that its last line is complete.
        delimiter: between values, if it is known.
    Raises:
        InputError: there is no header line, or a name is repeated.

    >>> read_header("wine.csv", 'alcohol;"pH"\\n9,4;3,51\\n', whole=True)
    Header(delimiter=';', names=['alcohol', 'pH'], skipped=0)
    """
    separator = SEPARATOR_LINE.match(start)
    if separator:
        start = start[separator.end() :]
    candidates = delimiter or (separator[1] if separator else DELIMITERS)
    best = (0, 1, candidates[0], _records(start, candidates[0], whole)[:1])
    for delimiter in candidates:
        header, *rows = _records(start, delimiter, whole) or [[]]
        if len(header) > 1:
            agreeing = sum(len(row) == len(header) for row in rows)
            best = max(best, (agreeing, len(header), delimiter, [header]), key=lambda key: key[:2])
    delimiter, header = best[2], (best[3] or [[]])[0]
    names = [name.strip() for name in header]
    if not any(names):
        raise InputError(
            f"{source}: got a first line that is blank, expected the names of the columns. "
            "Delete the lines above the names."
        )
    _check(source, names)
    names = [name or f"column {index}" for index, name in enumerate(names, start=1)]
    return Header(delimiter, names, 1 if separator else 0)


def _records(start: str, delimiter: str, whole: bool) -> list[list[str]]:
    """Split the first rows; blank ones below the header are skipped, as by the reader."""
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if record or not records:
                records.append(record)
            if len(records) > MAX_ROWS + 1:
                return records[:-1]
    except csv.Error:  # an unterminated quote; the reader will name the line
        return records
    return records if whole or len(records) == 1 else records[:-1]


def _check(source: str, names: list[str]) -> None:
    numbers = [name for name in names if parse_number(name) is not None]
    if len(numbers) == len(names) or any("." in number for number in numbers):
        raise InputError(
            f"{source}: got the number '{numbers[0]}' in the first line, expected the names of the "
            "columns. Put a line with a name for each column above the rows."
        )
    repeated = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if repeated:
        raise InputError(
            f"{source}: got more than one column named {quoted_list(repeated)}, expected each name "
            "once. Rename or delete the others."
        )
