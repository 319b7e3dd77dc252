"""What the texts of a column could mean: counts over all of its distinct texts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from chainrule.data.amounts import Decimal, parse_amount, tidied, unit_key
from chainrule.data.formatting import parse_number
from chainrule.data.value_form import marks_missing

EXAMPLES = 5
# 1.574: either a point before decimals, or one between thousands.
GROUP_OF_THREE = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
BLANK_BETWEEN_DIGITS = re.compile(r"\d[ ']\d")
# Programs write 5000 as 5e3 or 5E+03, so 5E3 may be a code.
DIGITS_E_DIGITS = re.compile(r"\d+E\d+")


@dataclass
class TextProfile:
    """Counts of rows by what their texts could mean; a text may count more than once.

    Attributes:
        rows: with a text.
        amounts: readable as a number with any decimal sign.
        numbers: readable as a number, by the decimal sign.
        sure: readable with one decimal sign only, by that sign.
        either: readable with both as different numbers, by the sign that is written.
        units: of the numbers, as `unit_key` has them; "" counts those without a unit.
        spelled: the unit as it is written first.
        decorated: numbers that are not plain, such as "$5" or "1,234".
        commas: decorated numbers with a comma.
        points: decorated numbers with a point.
        blanks: decorated numbers with a blank or an apostrophe between digits.
        limits: numbers written as limits, such as "<1.0".
        marks: texts that mean a missing value, if the others are numbers.
        zeros: whole numbers that begin with 0, such as "01".
        lengths: of the whole numbers without a sign.
        exponents: whole numbers with an exponent, such as "5E3".
        others: texts that are none of these.
        examples: some texts of each kind, by the name of the count.
    """

    rows: int = 0
    amounts: int = 0
    numbers: Counter[Decimal] = field(default_factory=Counter)
    sure: Counter[Decimal] = field(default_factory=Counter)
    either: Counter[Decimal] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    spelled: dict[str, str] = field(default_factory=dict)
    decorated: int = 0
    commas: int = 0
    points: int = 0
    blanks: int = 0
    limits: int = 0
    marks: int = 0
    zeros: int = 0
    lengths: set[int] = field(default_factory=set)
    exponents: int = 0
    others: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, text: str, rows: int) -> None:
        """Count a text, without blanks around it, that stands in some rows."""
        self.rows += rows
        number = parse_number(text)
        if number is not None:
            self._add_plain(text, rows)
        elif marks_missing(text):
            self.marks += rows
            self._example("marks", text)
        else:
            self._add_amount(text, rows)

    def _add_plain(self, text: str, rows: int) -> None:
        """Count a number as Python and SQL write it."""
        self.amounts += rows
        self.units[""] += rows
        self._example("unit ", text)
        self.numbers["."] += rows
        if "." not in text:
            self.numbers[","] += rows
        elif GROUP_OF_THREE.fullmatch(text):
            self.numbers[","] += rows
            self.either["."] += rows
            self._example("either", text)
        else:
            self.sure["."] += rows
            self._example("sure .", text)
        self._add_whole(text, rows)

    def _add_whole(self, text: str, rows: int) -> None:
        """Count what could be a code: digits alone."""
        if text.isdigit():
            self.lengths.add(len(text))
            if text[0] == "0" and len(text) > 1:
                self.zeros += rows
                self._example("zeros", text)
        elif DIGITS_E_DIGITS.fullmatch(text):
            self.exponents += rows
            self._example("exponents", text)
        else:
            self.lengths.add(0)  # a sign or decimals, which codes do not have

    def _add_amount(self, text: str, rows: int) -> None:
        amount = parse_amount(text)
        if amount is None:
            self.others += rows
            self._example("others", text)
            return
        self._add_whole(tidied(text), rows)
        self.amounts += rows
        self.commas += rows if "," in text else 0
        self.points += rows if "." in text else 0
        self.blanks += rows if BLANK_BETWEEN_DIGITS.search(tidied(text)) else 0
        self.decorated += rows
        self._example("decorated", text)
        unit = unit_key(amount.unit)
        self.units[unit] += rows
        self.spelled.setdefault(unit, amount.unit)
        self._example(f"unit {unit}", text)
        if amount.limit:
            self.limits += rows
            self._example("limits", text)
        signs: dict[Decimal, float | None] = {".": amount.point, ",": amount.comma}
        readable = [sign for sign, value in signs.items() if value is not None]
        for sign in readable:
            self.numbers[sign] += rows
        if len(readable) == 1:
            self.sure[readable[0]] += rows
            self._example(f"sure {readable[0]}", text)
        elif amount.point != amount.comma:
            self.either["," if "," in text else "."] += rows
            self._example("either", text)

    def _example(self, kind: str, text: str) -> None:
        examples = self.examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(text)

    def example(self, kind: str) -> str:
        """Return a text of that kind."""
        return self.examples[kind][0]
