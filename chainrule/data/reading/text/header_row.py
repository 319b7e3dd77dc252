"""The row of a text file that has the names of the columns, among the first rows.

What stands above the names, such as a title, and a file without names are told in a note where the
rows leave no doubt, and refused where they do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chainrule.data.formatting import parse_number, pluralised, quoted_list
from chainrule.errors import InputError

YEARS = range(1800, 2101)
MIN_RECURRING = 3  # columns; fewer may have a category that is spelled as the name
SHOWN = 3


@dataclass(frozen=True)
class Record:
    """A row of a text file.

    Attributes:
        line: its number in the file, counted from 1.
        cells: its values without surrounding blanks.
    """

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        """The values that are not empty."""
        return [cell for cell in self.cells if cell]


@dataclass(frozen=True)
class HeaderRow:
    """Where the names of the columns are.

    Attributes:
        index: of the record with the names, or of the first row of values if there are no names.
        named: whether the record has names.
        notes: on what was found, each as a sentence about the file.
    """

    index: int
    named: bool
    notes: tuple[str, ...] = ()


def find_header_row(source: str, records: Sequence[Record], width: int) -> HeaderRow:
    """Find the row with the names of the columns.

    It is the first row, unless that lacks names of columns that have values: then it is the first
    row of distinct texts that names all of them and has numbers below.
    Args:
        source: the name of the file.
        records: the first rows.
        width: the number of values of most rows.
    Raises:
        InputError: all rows are blank, or it is in doubt which row has the names.
    """
    index = next((i for i, record in enumerate(records) if record.filled), None)
    if index is None:
        raise InputError(
            f"{source}: got a file of blank lines, expected the names of the columns and rows of "
            "values. Give another file."
        )
    first, below = records[index], _below(records, index, width)
    if not _names_all(first, below, width):
        rest = range(index + 1, len(records))
        later = [i for i in rest if _names_all(records[i], _below(records, i, width), width)]
        below_later = _below(records, later[0], width) if later else []
        # The first row below the names may have units.
        if _has_numbers(below_later) or _has_numbers(below_later[1:]):
            return _below_title(source, records, index, later[0])
        if len(first.cells) != width and width > 1 and len(first.filled) == 1:
            raise _doubt(source, first, next(r for r in records if len(r.cells) == width))
        if later and len(first.filled) == 1:
            raise _doubt(source, first, records[later[0]])
    return _names_or_values(source, records, index, below)


def _below(records: Sequence[Record], index: int, width: int) -> list[Record]:
    """Return the rows of values below a row."""
    return [r for r in records[index + 1 :] if len(r.cells) == width and r.filled]


def _names_all(record: Record, below: Sequence[Record], width: int) -> bool:
    """Return whether a row has distinct texts for all columns with values below it.

    The first column, as row numbers of a data frame, needs no name.
    """
    if len(record.cells) != width or len(set(record.filled)) < len(record.filled):
        return False
    if not record.filled or any(map(_is_number, record.filled)):
        return False
    return all(
        cell or not any(row.cells[column] for row in below)
        for column, cell in enumerate(record.cells)
        if column or width == 1
    )


def _is_number(text: str) -> bool:
    """Return whether a text is a number or a date in figures: it has digits and no letters."""
    return bool(re.search(r"\d", text)) and not re.search(r"[^\W\d_]", text)


def _has_numbers(rows: Sequence[Record]) -> bool:
    """Return whether a column of the rows has numbers only."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return any(
        filled and all(map(_is_number, filled))
        for filled in ([cell for cell in column if cell] for column in columns)
    )


def _below_title(source: str, records: Sequence[Record], first: int, index: int) -> HeaderRow:
    """Return the row of names below rows that are no names: each has one text, or repeats one.

    Raises:
        InputError: a row above the names could be one of names, too.
    """
    above = [record for record in records[first:index] if record.filled]
    names = records[index]
    for record in above:
        repeats = len(set(record.filled)) < len(record.filled)
        if len(record.filled) >= len(names.filled) or (len(record.filled) > 1 and not repeats):
            raise _doubt(source, record, names)
    lines = "line" if len(above) == 1 else "lines"
    numbers = _listed([record.line for record in above])
    texts = quoted_list([", ".join(record.filled) for record in above], most=SHOWN)
    note = (
        f"{source}: {lines} {numbers} ({texts}) above the names of the columns "
        f"{'is' if len(above) == 1 else 'are'} left out; the names are those of line {names.line}, "
        "which --header-row changes"
    )
    return HeaderRow(index, True, (note,))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:-1])) + " and " * (len(numbers) > 1) + str(numbers[-1])


def _doubt(source: str, first: Record, names: Record) -> InputError:
    values = pluralised(len(first.filled), "value")
    return InputError(
        f"{source}, line {first.line}: got {values} ({quoted_list(first.filled, most=SHOWN)}) "
        f"above line {names.line} ({quoted_list(names.filled, most=SHOWN)}), expected the names of "
        f"the columns in one line. If line {names.line} has the names, say "
        f"--header-row {names.line}; if line {first.line} has them, --header-row {first.line}; if "
        "no line has them, --no-header."
    )


def _names_or_values(
    source: str, records: Sequence[Record], index: int, below: Sequence[Record]
) -> HeaderRow:
    """Decide whether the first row has names or, in a file without names, values.

    It has values if a number in it is not whole, or if its texts recur below. Numbers that count
    up, or that are years, are names beside texts.
    Raises:
        InputError: it has whole numbers that may be both.
    """
    record = records[index]
    others = [row.cells for row in below if row.cells != record.cells]
    recurring = [
        cell
        for column, cell in enumerate(record.cells)
        if cell and any(len(row) > column and row[column] == cell for row in others)
    ]
    numbers = [cell for cell in record.filled if parse_number(cell) is not None]
    texts = [cell for cell in record.filled if parse_number(cell) is None]
    if not numbers:
        are_values = len(recurring) >= max(MIN_RECURRING, len(texts) / 2)
        return _values(source, record, index) if are_values else HeaderRow(index, True)
    whole = [int(number) for number in numbers if re.fullmatch(r"\d{1,9}", number)]
    text_recurs = any(text in recurring for text in texts)
    repeats = len(set(record.filled)) < len(record.filled)
    if len(whole) < len(numbers) or text_recurs or (repeats and recurring):
        return _values(source, record, index)
    count_up = len(whole) > 1 and len({b - a for a, b in pairwise(whole)}) == 1
    if texts and (count_up or all(number in YEARS for number in whole)):
        note = (
            f"{source}: the numbers {quoted_list(numbers, most=SHOWN)} in line {record.line} are "
            "read as names of columns; if the line has values, say --no-header"
        )
        return HeaderRow(index, True, (note,))
    raise InputError(
        f"{source}: got the number '{numbers[0]}' in the first line, expected the names of the "
        "columns. If the line has values, say --no-header; if its numbers are names, say "
        f"--header-row {record.line}."
    )


def _values(source: str, record: Record, index: int) -> HeaderRow:
    """Return the first row as one of values."""
    note = (
        f"{source}: line {record.line} has values ({quoted_list(record.filled, most=SHOWN)}) and "
        f"no names, so the columns are called 'column 1' to 'column {len(record.cells)}'; if it "
        f"has names, say --header-row {record.line}"
    )
    return HeaderRow(index, False, (note,))
