"""Parsing and formatting of numbers, and lists of names in messages."""

from collections.abc import Sequence

# The rule of `parse_number` as a DuckDB macro. TRY_CAST and float() accept an underscore inside a
# number, but '12_3' is a code and not 123. nan in any spelling becomes NaN, a missing value.
PLAIN = """
    CREATE TEMP MACRO number(text) AS
    CASE WHEN contains(text, '_') THEN NULL ELSE TRY_CAST(text AS DOUBLE) END
"""

# 1,234,567.8: commas between groups of three digits.
GROUPED = r"""
    CREATE TEMP MACRO grouped_number(text) AS
    CASE WHEN regexp_full_match(text, '[+-]?\d{1,3}(,\d{3})+(\.\d+)?')
         THEN TRY_CAST(replace(text, ',', '') AS DOUBLE) ELSE number(text) END
"""

# 1.234.567,8 or 1 234 567,8: points or blanks between groups, a comma before the decimals. 1.234
# alone is ambiguous, and only the user can decide.
_GROUPS = r"\d{1,3}([. \x{a0}\x{202f}]\d{3})"
_COMMA = r"""
    CREATE TEMP MACRO NAME(text) AS
    CASE WHEN regexp_full_match(text, '[+-]?(PATTERN)([eE][+-]?\d+)?')
         THEN TRY_CAST(replace(regexp_replace(text, '[. \x{a0}\x{202f}]', '', 'g'), ',', '.')
                       AS DOUBLE) END
"""


def _comma(name: str, pattern: str) -> str:
    return _COMMA.replace("NAME", name).replace("PATTERN", pattern)


NUMBER_MACROS = (
    PLAIN,
    GROUPED,
    _comma("comma_number", rf"\d*(,\d+)?|{_GROUPS}+(,\d+)?"),
    _comma("sure_comma_number", rf"\d*(,\d+)?|{_GROUPS}+,\d+|{_GROUPS}{{2,}}"),
)


def parse_number(text: str) -> float | None:
    """Parse a number, which may be infinite; None if the text is no number.

    >>> parse_number(" -1.5e3"), parse_number("1,5"), parse_number("12_3"), parse_number("nan")
    (-1500.0, None, None, None)
    """
    if "_" in text or not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return None if number != number else number


def format_number(number: float) -> str:
    """Format a number, whole numbers without '.0'.

    >>> format_number(3.0), format_number(-0.5), format_number(1e300)
    ('3', '-0.5', '1e+300')
    """
    return str(int(number)) if abs(number) < 2**53 and number.is_integer() else repr(float(number))


def format_score(score: float) -> str:
    """Format a score or a loss: with four decimals, or with one from 100 on.

    Below a thousandth, where four decimals say little, and from 1e12 on, it has an exponent.

    >>> format_score(60486.4061), format_score(0.72744), format_score(0)
    ('60,486.4', '0.7274', '0.0000')
    >>> format_score(9.1e-07), format_score(-0.0001234), format_score(2.5e14)
    ('9.10e-07', '-1.23e-04', '2.50e+14')
    """
    size = abs(score)
    if 0 < size < 1e-3 or size >= 1e12:
        return f"{score:.2e}"
    return f"{score:z,.1f}" if size >= 100 else f"{score:z,.4f}"


def format_four_digits(number: float) -> str:
    """Format a number with four significant digits, or all digits of a large integer part.

    >>> [format_four_digits(number) for number in (206855.8, 12.3456, -0.000012346, 3.0)]
    ['206,856', '12.35', '-1.235e-05', '3']
    """
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e15 else f"{number:.4g}"


def metric_label(name: str) -> str:
    """Return the name of a metric as a label.

    >>> metric_label("validation_loss")
    'validation loss'
    """
    return name.replace("_", " ")


def pluralised(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one.

    >>> pluralised(1, "row"), pluralised(1836, "missing value")
    ('1 row', '1,836 missing values')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def count_range(counts: Sequence[int]) -> str:
    """Return the lowest and the highest of several counts, or the one that all of them are.

    >>> count_range([1000, 1002, 1001]), count_range([7, 7])
    ('1,000 to 1,002', '7')
    """
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def printable(name: str) -> str:
    """Return a file name that can be printed, with escapes for invalid UTF-8.

    >>> print(printable("caf\\udce9.jpg"))
    caf\\xe9.jpg
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_utf8(name: str) -> bool:
    r"""Return whether a file name or an argument is encoded as UTF-8, as DuckDB and JSON expect.

    >>> is_utf8("café.jpg"), is_utf8("caf\udce9.jpg")
    (True, False)
    """
    return printable(name) == name


def quoted_list(names: Sequence[str], most: int = 20) -> str:
    """Return names in quotes, separated by commas; of a long list the first `most`.

    >>> quoted_list(["age", "sex", "income"], most=2)
    "'age', 'sex' and 1 more"
    """
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
