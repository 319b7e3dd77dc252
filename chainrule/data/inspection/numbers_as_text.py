"""Numbers that are stored as text, so that they would be learned as categories."""

from __future__ import annotations

import shlex
from collections import Counter

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.formatting import parse_number, quoted_list
from chainrule.data.inspection.problem import Problem, role_option
from chainrule.data.inspection.quantity import parse_quantity
from chainrule.data.table import Column

MIN_NUMBER_SHARE = 0.5
MIN_QUANTITY_SHARE = 0.9
MAX_OTHER_TEXTS = 5


def numbers_as_text(column: Column, role: ColumnRole) -> list[Problem]:
    """A column of text that is meant as numbers.

    That is one of which all values are numbers, or at least half while the others are up to 5
    different words, as for a missing value, or nine of ten are numbers with one unit behind.
    """
    if column.kind == "number" or column.declared or role.role not in ("category", "identifier"):
        return []
    counts = Counter(text for text in column.values if text is not None)
    rows = counts.total()
    others = [text for text in counts if parse_number(text) is None]
    numbers = rows - sum(counts[text] for text in others)
    if not others:
        return [_all(column.name, rows)]
    if numbers >= MIN_NUMBER_SHARE * rows and len(others) <= MAX_OTHER_TEXTS:
        return [_most(column.name, numbers, rows, sorted(others))]
    amounts = {text: amount for text in counts if (amount := parse_quantity(text))}
    units = {amount.unit for amount in amounts.values()}
    if sum(counts[text] for text in amounts) >= MIN_QUANTITY_SHARE * rows and len(units) == 1:
        return [_with_unit(column.name, next(iter(amounts)), units.pop())]
    return []


def _all(name: str, rows: int) -> Problem:
    return Problem(
        "numbers_as_text",
        f"Column '{name}' is text, and all of its {rows:,} values are numbers: they are learned as "
        "categories.",
        f"If they are quantities and no codes: {role_option(name, 'number')}",
        (name,),
    )


def _most(name: str, numbers: int, rows: int, others: list[str]) -> Problem:
    missing = " ".join(f"--missing {shlex.quote(text)}" for text in others)
    return Problem(
        "numbers_as_text",
        f"Column '{name}' is text as {rows - numbers:,} of its {rows:,} values are no numbers, but "
        f"{quoted_list(others)}: all of them are learned as categories.",
        f"If these mean that the value is missing: {missing}",
        (name,),
    )


def _with_unit(name: str, example: str, unit: str) -> Problem:
    return Problem(
        "numbers_as_text",
        f"Column '{name}' has numbers with the unit '{unit}', such as '{example}': they are "
        "learned as categories.",
        "Write the numbers alone, and the unit into the name of the column.",
        (name,),
    )
