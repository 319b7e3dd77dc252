"""Detection of numeric columns in text; a few texts among numbers are reported as mistakes."""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.reading.duckdb_sql import aggregate, fetch_row
from chainrule.data.reading.text.number_format import PLAIN, NumberStyle
from chainrule.data.table import COUNTING, RowLocations
from chainrule.errors import InputError, refuse

MIN_NUMBER_SHARE = 0.9
# 1,234,567.8 or 3,5 or 1.234,5: looks like a number in any format.
NUMBER_LIKE = r"[+-]?(\d*(,\d+)+(\.\d+)?|\d+(\.\d+)+(,\d+)?)"
# 31.12.2024 is a date.
DOTTED_DATE = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\.\d{1,2}\.\d{1,2}"
PROBLEMS_SHOWN = 10


def numeric_columns(
    database: duckdb.DuckDBPyConnection,
    row_locations: RowLocations,
    columns: dict[int, str],
    styles: Sequence[NumberStyle],
) -> dict[int, NumberStyle]:
    """Return the columns of the table `loaded_rows` whose values are all numbers or missing.

    Args:
        database: with the table, of texts, and `NUMBER_MACROS`.
        row_locations: the file of each row.
        columns: names of the columns by index.
        styles: the allowed number formats.
    Returns:
        The format of each numeric column, by index.
    Raises:
        InputError: 90 % or more of the values of a column are numbers, but not all; lists all such
            columns.
    """
    present = aggregate(database, "loaded_rows", [f"count(c{c})" for c in columns])
    counts = dict(zip(columns, present, strict=True))
    numeric: dict[int, NumberStyle] = {}
    best: dict[int, tuple[int, NumberStyle]] = {}  # the most numbers, and their format
    for style in styles:
        rest = [c for c in columns if c not in numeric]
        numbers = aggregate(database, "loaded_rows", [f"count({style.macro}(c{c}))" for c in rest])
        for c, number in zip(rest, numbers, strict=True):
            if number == counts[c]:
                numeric[c] = style
            elif c not in best or number > best[c][0]:
                best[c] = number, style
    problems = []
    for c in (c for c in columns if c not in numeric):
        style = best[c][1]
        is_number = f"coalesce(number(c{c}), {style.macro}(c{c})) IS NOT NULL"
        number_like = f"regexp_full_match(c{c}, '{NUMBER_LIKE}')"
        is_date = f"regexp_full_match(c{c}, '{DOTTED_DATE}')"
        intended = f"count(*) FILTER ({is_number} OR {number_like} AND NOT {is_date})"
        if aggregate(database, "loaded_rows", [intended])[0] >= MIN_NUMBER_SHARE * counts[c]:
            problems.append(_mistake(database, row_locations, columns[c], c, style))
    raise_problems(problems)
    return numeric


def refuse_infinite(
    database: duckdb.DuckDBPyConnection,
    row_locations: RowLocations,
    columns: dict[int, str],
    values: Mapping[int, NDArray[Any]],
) -> None:
    """Check that all numbers are finite.

    Args:
        database: with the texts in the table `lines`.
        row_locations: the file of each row.
        columns: names of the columns by index.
        values: of each column by index, (rows,).
    Raises:
        InputError: a number is infinite; reports the first one of each column.
    """
    problems = []
    for c, numbers in values.items():
        if numbers.dtype == np.float64 and (infinite := np.isinf(numbers)).any():
            row = int(np.argmax(infinite)) + 1
            text = fetch_row(database, f"SELECT trim(c{c}) FROM lines WHERE rowid = {row - 1}")[0]
            problems.append(
                f"{row_locations.of(row)}, column '{columns[c]}': got '{text}', expected a finite "
                f"number. Read it as missing with --missing {shlex.quote(text)}, or correct the "
                "value."
            )
    raise_problems(problems)


def raise_problems(problems: list[str]) -> None:
    """Raise one error for all problems, which shows the first ones of many.

    Raises:
        InputError: there are problems.
    """
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        rest = [f"{pluralised(more, 'more column')} like these."] if more > 0 else []
        refuse(InputError("\n".join([*problems[:PROBLEMS_SHOWN], *rest, COUNTING])))


def notes_on_styles(
    source: str, columns: dict[int, str], numeric: dict[int, NumberStyle]
) -> list[str]:
    """Return notes on columns of numbers in other than the plain format."""
    notes = []
    for style in dict.fromkeys(numeric.values()):
        if style != PLAIN and style.note:
            names = [columns[c] for c, of_column in numeric.items() if of_column == style]
            plural = "" if len(names) == 1 else "s"
            notes.append(f"{source}: column{plural} {quoted_list(names, most=5)}: {style.note}")
    return notes


def _mistake(
    database: duckdb.DuckDBPyConnection,
    row_locations: RowLocations,
    name: str,
    index: int,
    style: NumberStyle,
) -> str:
    row, value = fetch_row(
        database,
        f"""
        SELECT rowid + 1, c{index} FROM loaded_rows
        WHERE c{index} IS NOT NULL AND {style.macro}(c{index}) IS NULL ORDER BY rowid LIMIT 1
        """,
    )
    where = f"{row_locations.of(row)}, column '{name}': got '{value}'"
    as_categories = f"the column as categories with --categorical {shlex.quote(name)}."
    if re.fullmatch(NUMBER_LIKE, value):
        return (
            f"{where}, expected a number such as {style.example}. Set the decimal sign with "
            f"--decimal . or --decimal , or read {as_categories}"
        )
    return (
        f"{where}, expected a number as in the other rows. "
        f"Read it as missing with --missing {shlex.quote(value)}, or {as_categories}"
    )
