"""The form of a column: how its texts are read, in the training data and in new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chainrule.data.amounts import Amount, Decimal, parse_amount, unit_key, without_currency
from chainrule.data.formatting import parse_number

# Texts that mean a missing value in every column.
MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A")
# Texts that mean one, in any case of letters, where the other values are numbers or dates.
MISSING_AMONG_NUMBERS = frozenset(
    (
        *(text.casefold() for text in MISSING),
        *(
            "-",
            "--",
            "---",
            "\u2013",
            "\u2014",
            ".",
            "..",
            "...",
            "*",
            "none",
            "<na>",
            "na",
            "n.a.",
            "n.a",
        ),
        *("#n/a", "#na", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "\\n", "nil"),
        *("nat", "-nan", "n.d.", "nd", "tbd", "k.a.", "k. a.", "s/o", "missing", "unknown"),
        *("not available", "not applicable", "없음", "해당없음", "해당 없음", "미상", "결측"),
    )
)


def marks_missing(text: str) -> bool:
    """Return whether a text means a missing value where the other values are numbers or dates.

    >>> marks_missing("None"), marks_missing("$ -"), marks_missing("$ 5")
    (True, True, False)
    """
    return text.casefold() in MISSING_AMONG_NUMBERS or without_currency(text) in ("-", "--")


@dataclass(frozen=True)
class ValueForm:
    """How the texts of a column are read.

    Attributes:
        kind: as text, or as numbers.
        decimal: the decimal sign of its numbers; None if no value shows it.
        unit: of its numbers, a code such as "USD", or as it is written; empty for none.
        sure: False if another decimal sign would give other numbers, and no text decides.

    >>> ValueForm("number", ",", "EUR").number("1.234,50 €")
    1234.5
    """

    kind: Literal["text", "number"]
    decimal: Decimal | None = None
    unit: str = ""
    sure: bool = True

    def number(self, text: str) -> float | None:
        """Return the number that a text means in this form, or None."""
        amount = self.amount(text)
        return None if amount is None else amount.number(self.decimal or ".")

    def amount(self, text: str) -> Amount | None:
        """Return the amount of a text without a unit or with that of the form, or None."""
        if self.decimal != "," and (plain := parse_number(text)) is not None:
            return Amount(plain, None)
        amount = parse_amount(text)
        if amount is None or unit_key(amount.unit) not in ("", unit_key(self.unit)):
            return None
        return None if amount.number(self.decimal or ".") is None else amount


TEXT = ValueForm("text")
