"""Quantities: numbers with a unit, such as "12 kg" or "$5"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The known units by dimension.
UNITS = {
    "mass": ("mg", "g", "kg", "t", "oz", "lb", "lbs"),
    "length": ("mm", "cm", "m", "km", "in", "inch", "ft", "mi", "miles"),
    "volume": ("ml", "cl", "l"),
    "time": ("ms", "s", "sec", "min", "mins", "h", "hr", "hrs", "d", "days", "weeks", "months"),
    "temperature": ("°c", "°f", "k"),
    "money": ("$", "€", "£", "¥", "₩", "usd", "eur", "gbp", "jpy", "krw"),
    "share": ("%",),
}
DIMENSIONS = {unit: dimension for dimension, units in UNITS.items() for unit in units}
PATTERN = re.compile(
    r"(?P<prefix>[$€£¥₩]?)\s*[+-]?\d[\d.,' ]*\s*(?P<suffix>[^\W\d_]+\.?|[$€£¥₩%]|°[CFcf])?"
)


@dataclass(frozen=True)
class Quantity:
    """The unit of a number.

    Attributes:
        unit: in lower case.
        dimension: the quantity that it measures, such as mass.
    """

    unit: str
    dimension: str


def parse_quantity(text: str) -> Quantity | None:
    """Parse a number with a unit; None if it has no unit or an unknown one.

    >>> parse_quantity("12 kg"), parse_quantity("$1,200"), parse_quantity("22B")
    (Quantity(unit='kg', dimension='mass'), Quantity(unit='$', dimension='money'), None)
    """
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        return None
    unit = (match["prefix"] or match["suffix"] or "").rstrip(".").casefold()
    return Quantity(unit, DIMENSIONS[unit]) if unit in DIMENSIONS else None
