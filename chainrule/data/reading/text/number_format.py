"""Number formats of text files: decimal and thousands separators.

In files with semicolons as delimiter, the comma can be the decimal separator, as in spreadsheets of
countries that write 3,5. In other files the comma groups thousands. The format is inferred per
column by the same rule in every file, so that new rows are read as the training rows were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.data.read_options import Decimal


@dataclass(frozen=True)
class NumberStyle:
    """A number format.

    Attributes:
        macro: the SQL macro that parses a number, NULL if a text is none; see `NUMBER_MACROS`.
        example: a number in this format.
        note: on columns in this format; empty for plain numbers.
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
    """Return the allowed formats of a numeric column, of which the first that fits is used.

    Args:
        decimal: the decimal separator, if set by the user.
        delimiters: of each file.
    """
    if decimal == ",":
        return (COMMA,)
    if decimal is None and set(delimiters) == {";"}:
        return (PLAIN, SURE_COMMA)
    return (PLAIN, GROUPED)
