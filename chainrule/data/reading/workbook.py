"""Workbooks of Excel and OpenDocument, read by python-calamine, an optional extra.

A sheet becomes lines of CSV, so that titles, units, totals and types of columns are found by the
same rules as in text files.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chainrule.data.amounts import Decimal
from chainrule.data.formatting import format_number, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.text.csv import read_csv
from chainrule.data.table import Table
from chainrule.errors import InputError, nearest

MIDNIGHT = time()


def read_workbook(files: list[Path], options: ReadOptions) -> Table:
    """Read a sheet of a workbook as a table; rows and types as in CSV.

    Args:
        files: one workbook: xlsx, xlsm, xlsb, xls or ods.
        options: which sheet and columns are read, and how.
    Raises:
        InputError: the extra is not installed, or the file, the sheet or its values can't be read.
    """
    (file,) = files
    sheet, cells, others = _read_sheet(file, options.sheet)
    notes = []
    if others and options.sheet is None:
        notes = [
            f"{file.name}: the sheet '{sheet}' is read; --sheet chooses another of "
            f"{quoted_list([sheet, *others])}"
        ]
    with TemporaryDirectory(prefix="chainrule-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / file.name  # messages name the file
        with copy.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(_as_texts(cells, options))
        table = read_csv([copy], options.updated(delimiter=","))
    read_options = table.read_options.updated(delimiter=options.delimiter)
    return replace(table, notes=(*notes, *table.notes), read_options=read_options)


def _read_sheet(file: Path, chosen: str | None) -> tuple[str, list[list[Any]], list[str]]:
    """Return the name of a sheet, its cells, and the names of the other visible sheets.

    Raises:
        InputError: the extra is not installed, or the workbook or the sheet can't be read.
    """
    try:
        calamine = import_module("python_calamine")
    except ImportError as error:
        raise InputError(
            f"{file.name}: got a workbook, expected python-calamine to read it to be installed. "
            "Install it: pip install 'chainrule[workbook]', or save the sheet as 'CSV UTF-8'."
        ) from error
    try:
        with file.open("rb") as content:
            workbook = calamine.CalamineWorkbook.from_filelike(content)
            names = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
                and (sheet.visible == calamine.SheetVisibleEnum.Visible or sheet.name == chosen)
            ]
            name = chosen or next(iter(names), "")
            cells = None
            if name in names:
                cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception as error:  # calamine has an exception for each format
        raise InputError(
            f"{file.name}: got a workbook that cannot be read ({str(error).splitlines()[0]}), "
            "expected a whole one of Excel or OpenDocument without a password. Save it again, or "
            "save the sheet as 'CSV UTF-8'."
        ) from error
    if cells is None:
        near = nearest(name, names)
        question = f" Did you mean '{near}'?" if near else ""
        raise InputError(
            f"{file.name}: got no sheet '{name}', expected one of its sheets.{question} "
            f"They are: {quoted_list(names)}."
        )
    if not any(value != "" for row in cells for value in row):
        raise InputError(
            f"{file.name}: got the sheet '{name}' without values, expected a table. Choose another "
            f"sheet with --sheet; they are: {quoted_list(names)}."
        )
    return name, cells, [other for other in names if other != name]


def _as_texts(cells: Sequence[Sequence[Any]], options: ReadOptions) -> Iterator[list[str]]:
    """Yield the texts of each row; a column of dates has times if one of them is not midnight.

    Numbers have the decimal sign in which the column will be read.
    """
    decimals = [_decimal(column, options) for column in zip_longest(*cells)]
    timed = {
        column
        for row in cells
        for column, value in enumerate(row)
        if isinstance(value, datetime) and value.time() != MIDNIGHT
    }
    for row in cells:
        yield [
            _as_text(value, decimals[column], column in timed) for column, value in enumerate(row)
        ]


def _decimal(column: Sequence[Any], options: ReadOptions) -> Decimal:
    """Return the decimal sign of a column, whose name is among its first texts."""
    names = (value.strip() for value in column if isinstance(value, str))
    name = next((name for name in names if name in options.forms), "")
    return options.decimal_of(name)


def _as_text(value: Any, decimal: Decimal, timed: bool) -> str:
    """Return the text of a cell, as it would stand in CSV."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format_number(value).replace(".", decimal)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        clock = value.time() if isinstance(value, datetime) else MIDNIGHT
        return f"{day} {clock}" if timed else str(day)
    return str(value)
