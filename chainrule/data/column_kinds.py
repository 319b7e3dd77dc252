"""Which columns of text are of numbers. Nearly all numbers is a mistake in the others."""

import re
import shlex
from collections.abc import Sequence

import duckdb

from chainrule.data.query import count, one_row
from chainrule.data.spelling import counted
from chainrule.errors import InputError

NEARLY_ALL = 0.9
GROUPED = r"[+-]?\d*(,\d+)+(\.\d+)?"  # 1,234,567.8 or 3,5: a number to people, not to us
PROBLEMS_SHOWN = 10


def numeric_columns(
    database: duckdb.DuckDBPyConnection, source: str, names: list[str], categorical: Sequence[str]
) -> set[str]:
    """The columns of the table `given` whose values, if not missing, are all numbers.

    Args:
        database: with that table, of text, and the macro `number`.
        source: the name of the file.
        names: of the columns c0, c1, ...
        categorical: names of columns that are categories whatever their values.
    Raises:
        InputError: of some column 90 % of the values or more are numbers, but not all; or one is
            infinite. All such columns are told of at once.
    """
    free = [place for place, name in enumerate(names) if name not in categorical]
    given = count(database, [f"count(c{place})" for place in free])
    numbers = count(database, [f"count(number(c{place}))" for place in free])
    infinite = count(database, [f"count(*) FILTER (isinf(number(c{place})))" for place in free])
    numeric, problems = set(), []
    for i, place in enumerate(free):
        name = names[place]
        if numbers[i] == given[i]:
            numeric.add(name)
            if infinite[i]:
                problems.append(_infinite(database, source, name, place))
            continue
        grouped = f"count(*) FILTER (regexp_full_match(c{place}, '{GROUPED}'))"
        if numbers[i] + count(database, [grouped])[0] >= NEARLY_ALL * given[i]:
            problems.append(_mistake(database, source, name, place))
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        rest = [f"{counted(more, 'more column')} with such values."] if more > 0 else []
        counting = "(Rows are counted from 1, the header is not counted.)"
        raise InputError("\n".join([*problems[:PROBLEMS_SHOWN], *rest, counting]))
    return numeric


def _mistake(database: duckdb.DuckDBPyConnection, source: str, name: str, place: int) -> str:
    row, value = _first(database, place, "number(text) IS NULL")
    where = f"{source}, row {row}, column '{name}': got '{value}'"
    as_categories = f"the column as categories with --categorical {shlex.quote(name)}."
    if re.fullmatch(GROUPED, value):
        return (
            f"{where}, expected a number without commas, such as 1234567 or 3.5. "
            f"Write the numbers so, or read {as_categories}"
        )
    return (
        f"{where}, expected a number as in the other rows. "
        f"Read it as missing with --missing {shlex.quote(value)}, or {as_categories}"
    )


def _infinite(database: duckdb.DuckDBPyConnection, source: str, name: str, place: int) -> str:
    row, value = _first(database, place, "isinf(number(text))")
    return (
        f"{source}, row {row}, column '{name}': got '{value}', expected a finite number. "
        f"Read it as missing with --missing {shlex.quote(value)}, or correct the value."
    )


def _first(database: duckdb.DuckDBPyConnection, place: int, condition: str) -> tuple[int, str]:
    """The first row, counted from 1, whose value meets a condition, and the value."""
    row, value = one_row(
        database,
        f"""
        SELECT row, text FROM (SELECT rowid + 1 AS row, c{place} AS text FROM given)
        WHERE text IS NOT NULL AND {condition} ORDER BY row LIMIT 1
        """,
    )
    return row, value
