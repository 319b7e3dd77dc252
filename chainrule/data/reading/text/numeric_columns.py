"""Which columns of text are of numbers. Nearly all numbers is a mistake in the others."""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.reading.duckdb_sql import count, one_row
from chainrule.data.reading.text.number_format import PLAIN, NumberStyle
from chainrule.data.table import COUNTING, RowLocations
from chainrule.errors import InputError

NEARLY_ALL = 0.9
# 1,234,567.8 or 3,5 or 1.234,5: a number to people, whichever way it is written.
WRITTEN = r"[+-]?(\d*(,\d+)+(\.\d+)?|\d+(\.\d+)+(,\d+)?)"
# 31.12.2024 is none.
DOTTED_DATE = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\.\d{1,2}\.\d{1,2}"
PROBLEMS_SHOWN = 10


def numeric_columns(
    database: duckdb.DuckDBPyConnection,
    places: RowLocations,
    columns: dict[int, str],
    styles: Sequence[NumberStyle],
) -> dict[int, NumberStyle]:
    """Those of some columns of the table `given` whose values, if not missing, are all numbers.

    Args:
        database: with that table, where the columns are text, and `NUMBER_MACROS`.
        places: of its rows.
        columns: their names by their place in the table.
        styles: the ways in which numbers may be written.
    Returns:
        The way in which the numbers of each are written, by its place.
    Raises:
        InputError: of some column 90 % of the values or more are numbers, but not all. All such
            columns are told of at once.
    """
    given = dict(
        zip(columns, count(database, "given", [f"count(c{c})" for c in columns]), strict=True)
    )
    numeric: dict[int, NumberStyle] = {}
    most: dict[int, tuple[int, NumberStyle]] = {}  # numbers, and the way that finds so many
    for style in styles:
        rest = [c for c in columns if c not in numeric]
        numbers = count(database, "given", [f"count({style.macro}(c{c}))" for c in rest])
        for c, number in zip(rest, numbers, strict=True):
            if number == given[c]:
                numeric[c] = style
            elif c not in most or number > most[c][0]:
                most[c] = number, style
    problems = []
    for c in (c for c in columns if c not in numeric):
        style = most[c][1]
        found = f"coalesce(number(c{c}), {style.macro}(c{c})) IS NOT NULL"
        written = (
            f"regexp_full_match(c{c}, '{WRITTEN}') AND NOT regexp_full_match(c{c}, '{DOTTED_DATE}')"
        )
        intended = f"count(*) FILTER ({found} OR {written})"
        if count(database, "given", [intended])[0] >= NEARLY_ALL * given[c]:
            problems.append(_mistake(database, places, columns[c], c, style))
    refuse(problems)
    return numeric


def refuse_infinite(
    database: duckdb.DuckDBPyConnection,
    places: RowLocations,
    columns: dict[int, str],
    values: Mapping[int, NDArray[Any]],
) -> None:
    """Refuse columns of numbers that hold an infinite one.

    Args:
        database: with the text of the columns in the table `lines`.
        places: of its rows.
        columns: the name of each by its place.
        values: those that are numbers, (rows,).
    Raises:
        InputError: with the first such value of each column.
    """
    problems = []
    for c, numbers in values.items():
        if numbers.dtype == np.float64 and (infinite := np.isinf(numbers)).any():
            row = int(np.argmax(infinite)) + 1
            text = one_row(database, f"SELECT trim(c{c}) FROM lines WHERE rowid = {row - 1}")[0]
            problems.append(
                f"{places.of(row)}, column '{columns[c]}': got '{text}', expected a finite number. "
                f"Read it as missing with --missing {shlex.quote(text)}, or correct the value."
            )
    refuse(problems)


def refuse(problems: list[str]) -> None:
    """Tell of the first ones of many problems.

    Raises:
        InputError: there are problems.
    """
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        rest = [f"{pluralised(more, 'more column')} with such values."] if more > 0 else []
        raise InputError("\n".join([*problems[:PROBLEMS_SHOWN], *rest, COUNTING]))


def notes_on_styles(
    source: str, columns: dict[int, str], numeric: dict[int, NumberStyle]
) -> list[str]:
    """What to tell of columns whose numbers are not plainly written."""
    notes = []
    for style in dict.fromkeys(numeric.values()):
        if style != PLAIN and style.note:
            names = [columns[c] for c, of in numeric.items() if of == style]
            plural = "" if len(names) == 1 else "s"
            notes.append(f"{source}: column{plural} {quoted_list(names, most=5)}: {style.note}")
    return notes


def _mistake(
    database: duckdb.DuckDBPyConnection,
    places: RowLocations,
    name: str,
    place: int,
    style: NumberStyle,
) -> str:
    row, value = one_row(
        database,
        f"""
        SELECT rowid + 1, c{place} FROM given
        WHERE c{place} IS NOT NULL AND {style.macro}(c{place}) IS NULL ORDER BY rowid LIMIT 1
        """,
    )
    where = f"{places.of(row)}, column '{name}': got '{value}'"
    as_categories = f"the column as categories with --categorical {shlex.quote(name)}."
    if re.fullmatch(WRITTEN, value):
        return (
            f"{where}, expected a number such as {style.example}. Say what stands before the "
            f"decimals with --decimal . or --decimal , or read {as_categories}"
        )
    return (
        f"{where}, expected a number as in the other rows. "
        f"Read it as missing with --missing {shlex.quote(value)}, or {as_categories}"
    )
