"""An amount: a number with its unit, as in "12 kg" or "$5"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The units that are known, by what they measure.
UNITS = {
    "mass": ("mg", "g", "kg", "t", "oz", "lb", "lbs"),
    "length": ("mm", "cm", "m", "km", "in", "inch", "ft", "mi", "miles"),
    "volume": ("ml", "cl", "l"),
    "time": ("ms", "s", "sec", "min", "mins", "h", "hr", "hrs", "d", "days", "weeks", "months"),
    "temperature": ("°c", "°f", "k"),
    "money": ("$", "€", "£", "¥", "₩", "usd", "eur", "gbp", "jpy", "krw"),
    "share": ("%",),
}
MEASURED = {unit: what for what, units in UNITS.items() for unit in units}
WRITTEN = re.compile(
    r"(?P<before>[$€£¥₩]?)\s*[+-]?\d[\d.,' ]*\s*(?P<behind>[^\W\d_]+\.?|[$€£¥₩%]|°[CFcf])?"
)


@dataclass(frozen=True)
class Quantity:
    """A number that has a unit.

    Attributes:
        unit: in small letters.
        measures: what is measured with it.
    """

    unit: str
    measures: str


def parse_quantity(text: str) -> Quantity | None:
    """The amount that a text tells; None if it is none, or its unit is not known.

    >>> parse_quantity("12 kg"), parse_quantity("$1,200"), parse_quantity("22B")
    (Quantity(unit='kg', measures='mass'), Quantity(unit='$', measures='money'), None)
    """
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    unit = (match["before"] or match["behind"] or "").rstrip(".").casefold()
    return Quantity(unit, MEASURED[unit]) if unit in MEASURED else None
