"""How the numbers of a text file are written: which sign stands before the decimals.

Where a semicolon stands between the values, the comma is free to be the decimal sign, and
spreadsheets of the countries that write 3,5 make such files. Anywhere else the comma groups
thousands. A column is judged as a whole, by the same rule in every file, so that a model reads new
rows as it read those that it learned from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.data.read_options import Decimal


@dataclass(frozen=True)
class NumberStyle:
    """A way to write numbers.

    Attributes:
        macro: the SQL that reads one, NULL where a text is none; see `NUMBER_MACROS`.
        example: of one.
        note: on columns that are written so; none on plain numbers.
    """

    macro: str
    example: str
    note: str = ""


PLAIN = NumberStyle("number", "1234567.8")
GROUPED = NumberStyle(
    "grouped_number",
    "1,234,567.8",
    "commas are read as groups of thousands; if they stand before decimals, say --decimal ,",
)
COMMA = NumberStyle("comma_number", "1.234.567,8", "the comma is read as the decimal sign")
SURE_COMMA = NumberStyle(
    "sure_comma_number",
    "1.234.567,8",
    "the comma is read as the decimal sign; if it groups thousands, say --decimal .",
)


def number_styles(decimal: Decimal | None, delimiters: Sequence[str]) -> tuple[NumberStyle, ...]:
    """The ways in which a column of numbers may be written; the first that fits it counts.

    Args:
        decimal: the sign before the decimals, if a person said it.
        delimiters: between the values of each file.
    """
    if decimal == ",":
        return (COMMA,)
    if decimal is None and set(delimiters) == {";"}:
        return (PLAIN, SURE_COMMA)
    return (PLAIN, GROUPED)
