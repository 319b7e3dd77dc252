"""Texts that are written otherwise than the known ones and mean the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import cached_property

from chainrule.data.columns.text import are_yes_and_no, parse_yes_no
from chainrule.data.formatting import parse_number


class Spellings:
    """Finds the known text that another spelling means: 6.0 is 6, and TRUE is True.

    Programs write whole numbers with decimals as soon as a value is missing, and truth values in
    their own ways. Codes that begin with 0 have one spelling only.

    >>> Spellings(["6", "12"]).find("6.0"), Spellings(["01", "1"]).find("001")
    ('6', None)
    >>> Spellings(["True", "False"]).find("FALSE")
    'False'
    """

    def __init__(self, known: Sequence[str]) -> None:
        self._known = frozenset(known)
        self._texts = tuple(known)

    def find(self, text: str) -> str | None:
        """Return the known text that is equal, or that means the same; None if there is none."""
        if text in self._known:
            return text
        number = exact_number(text)
        if number is not None and (same := self._by_number.get(number)) is not None:
            return same
        truth = parse_yes_no(text)
        return None if truth is None else self._by_truth.get(truth)

    @cached_property
    def _by_number(self) -> dict[Decimal, str]:
        """The known text of each number that only one of them means."""
        texts: dict[Decimal, list[str]] = {}
        for text in self._texts:
            number = exact_number(text)
            if number is not None:
                texts.setdefault(number, []).append(text)
        return {number: same[0] for number, same in texts.items() if len(same) == 1}

    @cached_property
    def _by_truth(self) -> dict[bool, str]:
        """The known texts of yes and no, if these are the only ones."""
        if len(self._texts) != 2 or not are_yes_and_no(self._texts):
            return {}
        return {bool(parse_yes_no(text)): text for text in self._texts}


def respelled(spellings: Spellings, texts: Collection[str]) -> list[str]:
    """Return those of the texts that are other spellings of known ones."""
    return [text for text in texts if spellings.find(text) not in (None, text)]


def exact_number(text: str) -> Decimal | None:
    """Return the exact number of a text; None if it is none, or a code such as 01."""
    if parse_number(text) is None:
        return None
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return None
    number = Decimal(text)
    return number if number.is_finite() else None
