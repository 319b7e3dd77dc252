"""Numbers stored as text, which would be encoded as categories."""

from __future__ import annotations

import shlex
from collections import Counter

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.formatting import parse_number, quoted_list
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.quantity import parse_quantity
from chainrule.data.table import Column
from chainrule.data.vocabulary import Role, role_option

MIN_NUMBER_SHARE = 0.5
MIN_QUANTITY_SHARE = 0.9
MAX_OTHER_TEXTS = 5
# What happens to the texts of a role.
USE: dict[Role, str] = {"category": "encoded as categories", "identifier": "left out, like names"}


def numbers_as_text(column: Column, role: ColumnRole) -> list[Problem]:
    """Find a column of text whose values are numbers.

    These are columns in which all values are numbers; or at least half are, and the others are up
    to 5 distinct texts, such as marks of missing values; or 90 % are numbers with the same unit.
    """
    if column.kind == "number" or column.declared or role.role not in USE:
        return []
    use = USE[role.role]
    counts = Counter(text for text in column.values if text is not None)
    rows = counts.total()
    others = [text for text in counts if parse_number(text) is None]
    numbers = rows - sum(counts[text] for text in others)
    if not others:
        return [_only_numbers(column.name, rows, use)]
    if numbers >= MIN_NUMBER_SHARE * rows and len(others) <= MAX_OTHER_TEXTS:
        return [_mostly_numbers(column.name, numbers, rows, sorted(others), use)]
    quantities = {text: quantity for text in counts if (quantity := parse_quantity(text))}
    units = {quantity.unit for quantity in quantities.values()}
    if sum(counts[text] for text in quantities) >= MIN_QUANTITY_SHARE * rows and len(units) == 1:
        return [_with_unit(column.name, next(iter(quantities)), units.pop(), use)]
    return []


def _only_numbers(name: str, rows: int, use: str) -> Problem:
    return Problem(
        "numbers_as_text",
        f"Column '{name}' is text, and all of its {rows:,} values are numbers: they are {use}.",
        f"If they are quantities and not codes: {role_option(name, 'number')}",
        (name,),
    )


def _mostly_numbers(name: str, numbers: int, rows: int, others: list[str], use: str) -> Problem:
    missing = " ".join(f"--missing {shlex.quote(text)}" for text in others)
    return Problem(
        "numbers_as_text",
        f"Column '{name}' is text, as {rows - numbers:,} of its {rows:,} values are not numbers "
        f"but {quoted_list(others)}: all are {use}.",
        f"If these mark missing values: {missing}",
        (name,),
    )


def _with_unit(name: str, example: str, unit: str, use: str) -> Problem:
    return Problem(
        "numbers_as_text",
        f"Column '{name}' has numbers with the unit '{unit}', such as '{example}': they are {use}.",
        "Write numbers without units, and put the unit into the name of the column.",
        (name,),
    )
