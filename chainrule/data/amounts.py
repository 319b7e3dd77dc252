"""Numbers as people write them: currencies, units, groups of thousands, brackets for negative."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Decimal = Literal[".", ","]

# Full-width characters, the minus signs of Unicode and special blanks, as those of ASCII.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\ufe63"), "-")
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u1680\u2007\u2009\u202f\u205f\u3000\t\r\n"), " ")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u02bc\u00b4`"), "'")
_CHARACTERS = {**_FULL_WIDTH, **_SIGNS, **_BLANKS, **_APOSTROPHES, 0xFFE6: "₩", 0xFFE5: "¥"}

# Several ways to write a currency, by its code.
CURRENCIES = {
    "USD": ("$", "us$", "usd", "dollar", "dollars"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp"),
    "JPY": ("¥", "jpy", "円", "yen"),
    "KRW": ("₩", "krw", "원", "won"),
    "CNY": ("cny", "rmb", "元", "cn¥"),
    "INR": ("₹", "inr", "rs", "rs."),
    "CHF": ("chf", "fr.", "sfr.", "sfr"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "kr": ("kr", "kr."),
    "PLN": ("pln", "zł"),
    "CZK": ("czk", "kč"),
    "HUF": ("huf", "ft."),
    "RUB": ("₽", "rub"),
    "TRY": ("₺", "try"),
    "BRL": ("r$", "brl"),
    "CAD": ("c$", "ca$", "cad"),
    "AUD": ("a$", "au$", "aud"),
    "NZD": ("nz$", "nzd"),
    "HKD": ("hk$", "hkd"),
    "SGD": ("s$", "sgd"),
    "MXN": ("mx$", "mxn"),
    "ZAR": ("zar",),
    "ILS": ("₪", "ils"),
    "THB": ("฿", "thb"),
    "VND": ("₫", "vnd"),
    "UAH": ("₴", "uah"),
    "NGN": ("₦", "ngn"),
    "PHP": ("₱", "php"),
    "TWD": ("nt$", "twd"),
}
_CURRENCY_OF = {sign: code for code, signs in CURRENCIES.items() for sign in signs}

# Units of measurement by dimension, as `unit_key` has them.
UNITS = {
    "mass": ("mg", "g", "kg", "t", "oz", "lb"),
    "length": ("mm", "cm", "m", "km", "in", "inch", "ft", "mi", "mile"),
    "area": ("m2", "m²", "km2", "km²", "ha", "sqm", "sqft", "sq ft", "sq m"),
    "volume": ("ml", "cl", "l", "m3", "m³"),
    "time": ("ms", "s", "sec", "min", "h", "hr", "d", "day", "week", "month", "year", "yr"),
    "temperature": ("°c", "°f", "k"),
    "money": tuple(code.casefold() for code in CURRENCIES),
    "share": ("%", "‰"),
    "electricity": ("v", "w", "j", "n"),
}
DIMENSIONS = {unit: dimension for dimension, units in UNITS.items() for unit in units}


def unit_key(unit: str) -> str:
    """Return a unit without its case, its full stop and the plural.

    >>> unit_key("Yrs."), unit_key("KG"), unit_key("s")
    ('yr', 'kg', 's')
    """
    key = unit.casefold().rstrip(".")
    return key.removesuffix("s") if len(key) > 2 else key


# Factors that are written behind the digits. "m" is not among them, as it may mean metres, nor
# "B", as in codes such as 12B.
SCALES = {
    **dict.fromkeys(("k", "K", "thousand", "천"), 1e3),
    **dict.fromkeys(("만",), 1e4),
    **dict.fromkeys(("lakh",), 1e5),
    **dict.fromkeys(("M", "Mio", "Mio.", "mio", "mn", "million", "백만"), 1e6),
    **dict.fromkeys(("crore",), 1e7),
    **dict.fromkeys(("억",), 1e8),
    **dict.fromkeys(("bn", "Mrd", "Mrd.", "mrd", "billion"), 1e9),
}
# Those that are factors behind the sign of a currency only, as in $200m.
SCALES_OF_MONEY = {**dict.fromkeys(("m", "mm", "MM"), 1e6), **dict.fromkeys(("b", "B"), 1e9)}


def _alternatives(texts: list[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


_LETTERS = r"[^\W\d_½¼¾⅓⅔⅛]+"
_PREFIX = _alternatives([*_CURRENCY_OF])
_SCALE = _alternatives([*SCALES])
_SCALE_OF_MONEY = _alternatives([*SCALES_OF_MONEY])
_AFTER_SCALE = _alternatives([sign for sign in _CURRENCY_OF if len(sign) > 1 or not sign.isascii()])
_AMOUNT = re.compile(
    rf"""
    (?P<limit> [<>≤≥]=? \s? )?
    (?P<open> \( )? \s?
    (?P<sign> [+-] )? \s?
    (?P<prefix> (?i:{_PREFIX}) (?![^\W\d_]) )? \s?
    (?P<inside> \( )? \s?
    (?P<inner> [+-] )? \s?
    (?P<digits> \d[\d.,' ]*\d | \d[.,](?!-) | \d | [.,]\d+ )
    (?: [.,] -{{1,2}} )?  # no cents, as in 5.- and 5,--
    (?P<exponent> [eE] [+-]? \d+ )?
    (?: \s? (?P<scale> {_SCALE} | (?(prefix) (?: {_SCALE_OF_MONEY} ) | (?!) ) )
        (?= $ | [\s)-] | (?i:{_AFTER_SCALE}) | \$ ) )?
    (?: \s? (?P<unit> [%‰] | °? {_LETTERS} (?: / {_LETTERS} )? (?: \s {_LETTERS} )? \.?
        | [ck]? m [23] | ft [23]
        | [^\w\s.,'()<>+*/:;&|"=?!#@^~\\-] ) )?
    \s? (?P<behind> - )?
    \s? (?P<close> \) )?
    """,
    re.VERBOSE,
)
_CURRENCY = re.compile(rf"(?i:{_PREFIX})(?![^\W\d_])\s*")
# Digits in groups of three, or of two before the last three (lakh), with a common separator.
_THREES = r"[1-9]\d{{0,2}}(?:{0}\d{{3}})+"
_WHOLE: dict[Decimal, str] = {
    ".": "|".join([r"\d+", *map(_THREES.format, (",", "'", " ")), r"[1-9]\d?(?:,\d\d)+,\d{3}"]),
    ",": "|".join([r"\d+", *map(_THREES.format, (r"\.", "'", " "))]),
}
_DIGITS: dict[Decimal, re.Pattern[str]] = {
    sign: re.compile(rf"(?:{whole})(?:{re.escape(sign)}\d*)?|{re.escape(sign)}\d+")
    for sign, whole in _WHOLE.items()
}


@dataclass(frozen=True)
class Amount:
    """An amount as it is written.

    Attributes:
        point: its number, if the point is the decimal sign; None if it is no number then.
        comma: its number, if the comma is the decimal sign; None likewise.
        unit: the code of a currency, or the unit as it is written; empty for none.
        scaled: whether a factor such as k or M was applied.
        limit: whether it is a limit, such as "<1.0" for less than can be detected.
    """

    point: float | None
    comma: float | None
    unit: str = ""
    scaled: bool = False
    limit: bool = False

    def number(self, decimal: Decimal) -> float | None:
        """Return its number with that decimal sign, or None."""
        return self.point if decimal == "." else self.comma


def tidied(text: str) -> str:
    """Return a text with the digits, signs and blanks of ASCII, and without ="..." around it.

    >>> tidied("\u2212１２\u00a0３"), tidied('="0042"')
    ('-12 3', '0042')
    """
    text = text.translate(_CHARACTERS).strip()
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') else text


@lru_cache(maxsize=100_000)
def parse_amount(text: str) -> Amount | None:
    """Parse a number with or without currency, unit, factor and groups; None if it is none.

    A trailing minus and brackets mean a negative number. Separators must group all digits by
    three, or by two before the last three, as in 12,34,567 of Indian English.

    >>> parse_amount("$228,000"), parse_amount("1.234,5 kg").comma
    (Amount(point=228000.0, comma=228.0, unit='USD', scaled=False, limit=False), 1234.5)
    >>> parse_amount("(22.5k)").point, parse_amount("192.168.3.7"), parse_amount("A12")
    (-22500.0, None, None)
    >>> parse_amount("$ (1,200)").point, parse_amount("$200m").point, parse_amount("5.-").point
    (-1200.0, 200000000.0, 5.0)
    """
    if len(text) > MAX_LENGTH:
        return None
    match = _AMOUNT.fullmatch(tidied(text))
    if match is None:
        return None
    bracket = match["open"] or match["inside"]
    signs = [match["sign"], match["inner"], match["behind"], match["open"], match["inside"]]
    if (bracket is None) != (match["close"] is None) or sum(map(bool, signs)) > 1:
        return None
    unit = _unit(match["prefix"], match["unit"])
    if unit is None or _is_letter(unit):
        return None
    exponent = match["exponent"] or ""
    factor = (SCALES | SCALES_OF_MONEY)[match["scale"]] if match["scale"] else 1.0
    if "-" in signs or "(" in signs:
        factor = -factor
    values = [_value(match["digits"], sign, exponent, factor) for sign in _DIGITS]
    if values == [None, None]:
        return None
    point, comma = values
    return Amount(point, comma, unit, match["scale"] is not None, match["limit"] is not None)


MAX_LENGTH = 60  # of an amount


def without_currency(text: str) -> str:
    """Return a text without the sign or code of a currency at its begin, and blanks.

    >>> without_currency("$ -"), without_currency("-")
    ('-', '-')
    """
    text = tidied(text)
    match = _CURRENCY.match(text)
    return text if match is None else text[match.end() :]


def _unit(prefix: str | None, suffix: str | None) -> str | None:
    """Return the common unit of what stands before and behind the digits; None for two units."""
    units = {
        _CURRENCY_OF.get(text.casefold(), text) for text in (prefix, suffix) if text is not None
    }
    return None if len(units) > 1 else next(iter(units), "")


def _is_letter(unit: str) -> bool:
    """Return whether a unit is a letter that is none, as in the codes 12A and 12B."""
    return len(unit) == 1 and unit.isascii() and unit.casefold() not in DIMENSIONS and unit != "$"


def _value(digits: str, decimal: Decimal, exponent: str, factor: float) -> float | None:
    """Return the number of the digits with that decimal sign, or None."""
    if not _DIGITS[decimal].fullmatch(digits):
        return None
    plain = re.sub(r"[.,' ]", lambda sign: "." if sign[0] == decimal else "", digits)
    # Rounded once: 228.1k is 228100 and not 228.1 * 1000.
    return float(f"{plain}{exponent}") * factor if exponent else _scaled(plain, factor)


def _scaled(plain: str, factor: float) -> float:
    """Return digits times a power of ten with its sign, correctly rounded."""
    power = len(f"{abs(factor):.0f}") - 1
    return float(f"{plain}e{power}") * (-1 if factor < 0 else 1)
