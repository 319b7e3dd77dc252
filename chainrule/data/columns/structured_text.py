"""Text of several parts, such as addresses of computers, coordinates or lists of tags.

Each text is one category, however alike its parts are: what they say has to be put into columns of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

MIN_SHARE = 0.9
MAX_TEXTS = 10_000
MIN_LISTS = 0.3  # of the texts, with more than one entry
SEPARATORS = (";", "|", ",")

_NUMBER = r"[+-]?\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Structure:
    """What the texts of a column are made of.

    Attributes:
        name: in the plural, such as "IP addresses".
        remedy: which columns to make of them, as a sentence without its full stop.
    """

    name: str
    remedy: str


PATTERNS = (
    (
        r"\d{1,3}(?:\.\d{1,3}){3}",
        Structure("IP addresses", "Put its network, such as the first two numbers, into a column"),
    ),
    (
        r"[vV]?\d+(?:\.\d+){2,}(?:[-+.]?[A-Za-z]\w*)?",
        Structure(
            "numbers joined by points, such as versions",
            "Put the first number, and the second, into columns of their own",
        ),
    ),
    (
        rf"\(?{_NUMBER}\s*[,;:/ x-]\s*{_NUMBER}\)?",
        Structure("pairs of numbers", "Put each of the two numbers into a column of its own"),
    ),
    (
        r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,7}",
        Structure("hardware addresses", "Put its maker, the first three bytes, into a column"),
    ),
    (
        r"97[89][- ]?\d{1,5}[- ]?\d{1,7}[- ]?\d{1,7}[- ]?[\dX]",
        Structure("book numbers (ISBN)", "Put what matters of the book into columns of its own"),
    ),
    (
        r"(?=.*[ +()/-])[+(]?\d[\d ()/-]{5,}\d",
        Structure("phone numbers", "Put the code of country or area into a column of its own"),
    ),
)


def structure_of(texts: Collection[str]) -> Structure | None:
    """Return what 90 % or more of distinct texts are made of, None if no structure is known.

    >>> structure_of(["10.0.0.1", "10.0.0.2"]).name, structure_of(["52.1,13.4"]).name
    ('IP addresses', 'pairs of numbers')
    >>> structure_of(["red;blue", "blue", "red;green", "green;blue"]).name
    "lists with ';' between their entries"
    """
    sample = list(texts)[:: -(-len(texts) // MAX_TEXTS)] if texts else []
    for pattern, structure in PATTERNS:
        if sample and _share(pattern, sample) >= MIN_SHARE:
            return structure
    return next(filter(None, (_lists(sample, separator) for separator in SEPARATORS)), None)


def _share(pattern: str, texts: list[str]) -> float:
    return sum(re.fullmatch(pattern, text) is not None for text in texts) / len(texts)


def _lists(texts: list[str], separator: str) -> Structure | None:
    """Return a structure of lists if their entries recur: there are fewer than lists."""
    lists = [[entry.strip() for entry in text.split(separator)] for text in texts]
    entries = {entry for entry_list in lists for entry in entry_list}
    several = sum(len(entry_list) > 1 for entry_list in lists)
    if several < max(1, MIN_LISTS * len(lists)) or len(entries) >= len(lists):
        return None
    return Structure(
        f"lists with '{separator}' between their entries",
        "Put each entry that may matter into a column of yes and no",
    )
