"""Numbers as text: what counts as a number that is written out, and how one is written."""

# The same rule for DuckDB, as a macro. An underscore inside a number is allowed by TRY_CAST and by
# float(), but '12_3' is a code and not 123; nan is a missing value and not a number.
NUMBER_MACRO = """
    CREATE TEMP MACRO number(given) AS
    nullif(CASE WHEN contains(given, '_') THEN NULL ELSE TRY_CAST(given AS DOUBLE) END,
           'nan'::DOUBLE)
"""


def number_in(text: str) -> float | None:
    """The number that a text spells, which may be infinite, or None if it spells none.

    >>> number_in(" -1.5e3"), number_in("1,5"), number_in("12_3"), number_in("nan")
    (-1500.0, None, None, None)
    """
    if "_" in text or not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return None if number != number else number


def spell(number: float) -> str:
    """A number as people write it: whole numbers without '.0'.

    >>> spell(3.0), spell(-0.5), spell(1e300)
    ('3', '-0.5', '1e+300')
    """
    return str(int(number)) if abs(number) < 2**53 and number.is_integer() else repr(float(number))


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural unless it is one.

    >>> counted(1, "row"), counted(1836, "missing value")
    ('1 row', '1,836 missing values')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(names: list[str] | tuple[str, ...], most: int = 20) -> str:
    """Names in quotes, the first ones of a long list.

    >>> listed(["age", "sex", "income"], most=2)
    "'age', 'sex' and 1 more"
    """
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
