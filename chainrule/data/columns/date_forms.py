"""The forms in which people write dates, as formats of strptime, and what is rewritten to fit them.

A text is split into its date, the time of day and the time zone. Words are put into English, so
that one format reads "11. Mai 2024", "11 May 2024" and "Saturday, May 11th, 2024" needs another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

# Each of these has one meaning only. Month names stand for those in other languages, hyphens
# beside them for blanks, points, commas and slashes.
CERTAIN = (
    "%Y-%m-%d",  # 2024-05-11
    "%Y/%m/%d",  # 2024/5/11
    "%Y.%m.%d",  # 2024. 5. 11.
    "%Y %m %d",  # 2024 05 11
    "%Y%m%d",  # 20240511
    "%Y년%m월%d일",  # 2024년 5월 11일, 2024年5月11日
    "%y년%m월%d일",  # 24년 5월 11일
    "%d-%b-%Y",  # 11-May-2024, 11 May 2024, 11. Mai 2024, 11 de mayo de 2024
    "%b-%d-%Y",  # May 11, 2024, Saturday, May 11th, 2024
    "%Y-%b-%d",  # 2024-May-11
    "%d-%b-%y",  # 11-May-24
    "%Y-%m",  # 2024-05
    "%Y/%m",  # 2024/05
    "%Y.%m",  # 2024.05
    "%m/%Y",  # 05/2024
    "%m-%Y",  # 05-2024
    "%m.%Y",  # 05.2024
    "%Y년%m월",  # 2024년 5월
    "%b-%Y",  # May 2024
    "%Y-%b",  # 2024 May
    "Q%Y-%m",  # 2024Q2, Q2 2024, 2024-Q2, 2024년 2분기: rewritten as its first month
    "Q%y-%m",  # 2Q24
    "%G-W%V-%u",  # 2024-W19, 2024-W19-6: a week alone is rewritten as its Monday
    "",  # 18:30: a time of day alone
)
# Each line can be read in any of its orders; the usual one is first.
FAMILIES = (
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
    ("%d.%m.%Y", "%m.%d.%Y"),
    ("%m %d %Y", "%d %m %Y"),
    ("%m/%d/%y", "%d/%m/%y", "%y/%m/%d"),
    ("%m-%d-%y", "%d-%m-%y", "%y-%m-%d"),
    ("%d.%m.%y", "%y.%m.%d", "%m.%d.%y"),
)
FORMS = (*CERTAIN, *(form for family in FAMILIES for form in family))
# With points the day is first: it takes a day that is no month to read these.
UNUSUAL = ("%m.%d.%Y", "%m.%d.%y")
ISO = "%Y-%m-%d"

MAX_LENGTH = 80  # of a text that may be a date

_DIGITS = {"%Y": "0000", "%G": "0000", "%y": "00", "%m": "00?", "%d": "00?", "%V": "00", "%u": "0"}
_NAMES = {
    "%Y": "year",
    "%y": "year",
    "%m": "month",
    "%b": "month",
    "%B": "month",
    "%d": "day",
    "%H": "hour",
    "%I": "hour",
    "%M": "minute",
    "%S": "second",
    "%f": "fraction",
    "%p": "AM or PM",
    "%z": "time zone",
    "%Z": "time zone",
    "%j": "day of the year",
}
_ZEROS = str.maketrans("123456789", "000000000")


def described(form: str) -> str:
    """Return the parts of a date in the order of a form.

    >>> described("%d/%m/%Y"), described("%b-%d-%Y"), described("Q%Y-%m"), described("")
    ('day/month/year', 'month-day-year', 'year and quarter', 'time of day')
    """
    if form == "":
        return "time of day"
    if form.startswith("Q"):
        return "year and quarter"
    if form.startswith("%G"):
        return "year and week"
    form = re.sub("[년월](?=%)", "-", form).rstrip("년월일")
    form = re.sub("(%[A-Za-z])(?=%)", r"\1-", form)
    return re.sub("%[A-Za-z]", lambda part: _NAMES.get(part[0], part[0]), form)


def forms_of(date: str) -> tuple[str, ...]:
    """Return the forms that a date may have by the number of digits of its parts.

    >>> forms_of("2024-05-11"), forms_of("11-May-2024"), forms_of("1/2/2024")
    (('%Y-%m-%d',), ('%d-%b-%Y',), ('%m/%d/%Y', '%d/%m/%Y'))
    """
    return _forms_of_shape(date.translate(_ZEROS))


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return the pattern of dates of a form, with 0 for every digit."""
    parts = re.split("(%[YGymbdVu])", form)
    return re.compile(
        "".join(
            _DIGITS.get(part, "[A-Z][a-z][a-z]") if part.startswith("%") else re.escape(part)
            for part in parts
        )
    )


@cache
def _forms_of_shape(shape: str) -> tuple[str, ...]:
    return tuple(form for form in FORMS if _pattern(form).fullmatch(shape))


@dataclass(frozen=True)
class Written:
    """A text that may be a date, rewritten for strptime.

    Attributes:
        date: the date; empty for a time of day alone.
        clock: the time of day with its zone; empty if there is none.
        clock_form: the format of the clock.
    """

    date: str
    clock: str
    clock_form: str


@lru_cache(maxsize=2**15)  # a column is read when its role is inferred, fitted and transformed
def written(text: str) -> Written | None:
    """Return a text as date and time of day for strptime; None if it can be no date.

    >>> written("Sat, 11. Mai 2024 6:30 PM UTC")
    Written(date='11-May-2024', clock='6:30 PM +00:00', clock_form='%I:%M %p %z')
    >>> written("2024년 2분기").date, written("20240319T000000").clock, written("soon")
    ('Q2024-04', '00:00:00', None)
    """
    if len(text) > MAX_LENGTH or not _could_be_a_date(text):
        return None
    if not text.isascii():
        text = _rewritten(unicodedata.normalize("NFKC", text), _OUTSIDE_ASCII)
    text = _rewritten(text, _IN_ASCII)
    match = _CLOCK.search(text)
    if match is None:
        date, clock, form = text, "", ""
    else:
        clock, form = _clock(match)
        date = text[: match.start()] + (match["year"] or "")
    date_or_none = _date(date.strip(" ,"))
    return None if date_or_none is None else Written(date_or_none, clock, form)


Rewrite = tuple[re.Pattern[str], str]


def _rewrite(pattern: str, replacement: str) -> Rewrite:
    return re.compile(pattern, re.IGNORECASE), replacement


def _rewritten(text: str, rewrites: Sequence[Rewrite]) -> str:
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text)
    return text


_OUTSIDE_ASCII = (
    _rewrite("年", "년"),
    _rewrite("月", "월"),
    _rewrite("日", "일"),
    _rewrite(r"\s*\([월화수목금토일](요일)?\)", " "),
    # 18시 5분 30초, and 오후 6:30.
    _rewrite("(?<!\\d)(\\d)(?=분(?!기)|초)", r"0\1"),
    _rewrite(r"(\d{1,2})시\s*(\d{2})분\s*(\d{2})초", r"\1:\2:\3"),
    _rewrite(r"(\d{1,2})시\s*(\d{2})분", r"\1:\2"),
    _rewrite(r"(?:오전|上午)\s*([\d:]+)", r"\1 AM"),
    _rewrite(r"(?:오후|下午)\s*([\d:]+)", r"\1 PM"),
)
_IN_ASCII = (
    # 20240319T000000, 20240319000000 and 202403190000.
    _rewrite(r"^(\d{8})[T ]?(\d{2})(\d{2})(\d{2})(?!\d)", r"\1 \2:\3:\4"),
    _rewrite(r"^(\d{8})[T ]?(\d{2})(\d{2})(?!\d)", r"\1 \2:\3"),
    # 2024-03-19T00:00, and 19/Mar/2024:00:00:00 as in logs of web servers.
    _rewrite(r"(?<=\d)T(?=\d{1,2}:)", " "),
    _rewrite(r"(?<=\d{4}):(?=\d{2}:\d{2}:\d{2})", " "),
    # The long name of a zone behind its offset.
    _rewrite(r"\s+\([a-z ]+\)$", ""),
)

# By RFC 2822 and by general use. Names with several meanings, such as IST and BST, are missing.
_HOURS = {
    -8: "PST",
    -7: "MST PDT",
    -6: "CST MDT",
    -5: "EST CDT",
    -4: "EDT",
    0: "Z UTC GMT WET",
    1: "CET WEST",
    2: "EET CEST",
    3: "EEST",
    9: "KST JST",
}
_ZONES = {name: f"{hours:+03}:00" for hours, names in _HOURS.items() for name in names.split()}
_CLOCK = re.compile(
    rf"""
    (?<![\d:.,]) (?P<minutes> \d{{1,2}}:\d{{2}} ) (?P<seconds> :\d{{2}} )?
    (?: (?<=:\d\d) [.,] (?P<fraction> \d{{1,9}} ) )?
    (?: \s? (?P<half> [AP] ) \.?M\.? )?
    (?:
        \s? (?: UTC | GMT )? (?P<sign> [+-] ) (?P<hours> \d{{2}} ) (?: :? (?P<rest> \d{{2}} ) )?
        (?: \[ [\w/+-]+ \] )?
      | \s? (?P<zone> {"|".join(_ZONES)} )
      | \s? \[? (?P<place> [A-Z][A-Za-z_]+ (?: / [A-Za-z_+-]+ )+ ) \]?
    )?
    (?: \s (?P<year> \d{{4}} ) )? $  # as in Sat May 11 18:30:00 2024
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _clock(match: re.Match[str]) -> tuple[str, str]:
    """Return the time of day of a match and its format."""
    clock, form = match["minutes"], "%H:%M" if match["half"] is None else "%I:%M"
    if match["seconds"]:
        clock, form = clock + match["seconds"], f"{form}:%S"
    if match["fraction"]:
        clock, form = f"{clock}.{match['fraction'][:6]}", f"{form}.%f"
    if match["half"]:
        clock, form = f"{clock} {match['half'].upper()}M", f"{form} %p"
    if match["sign"]:
        clock += f" {match['sign']}{match['hours']}:{match['rest'] or '00'}"
    elif match["zone"]:
        clock += f" {_ZONES[match['zone'].upper()]}"
    elif match["place"]:
        return f"{clock} {match['place']}", f"{form} %Z"
    else:
        return clock, form
    return clock, f"{form} %z"


_MONTHS = (
    ("Jan", "january januar jänner janvier enero"),
    ("Feb", "february februar février fevrier febrero"),
    ("Mar", "march märz mär mars marzo mrz"),
    ("Apr", "april avril abril avr"),
    ("May", "mai mayo"),
    ("Jun", "june juni juin junio"),
    ("Jul", "july juli juillet julio juil"),
    ("Aug", "august août aout agosto"),
    ("Sep", "september sept septembre septiembre"),
    ("Oct", "october oktober octobre octubre okt"),
    ("Nov", "november novembre noviembre"),
    ("Dec", "december dezember décembre decembre diciembre dez"),
)
_NO_PART = (
    "monday tuesday wednesday thursday friday saturday sunday "
    "mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo "
    "월요일 화요일 수요일 목요일 금요일 토요일 일요일 "
    "st nd rd th er of de del le the"
)
# What each word of a date becomes.
_WORDS = {
    **{name: month for month, names in _MONTHS for name in (month.lower(), *names.split())},
    **dict.fromkeys(_NO_PART.split(), ""),
    "년": "년",
    "월": "월",
    "일": "일",
}
_OTHER_WORDS = (
    "t w q kw a p m am pm 오전 오후 上午 下午 年 月 日 시 분 초 분기 월 화 수 목 금 토 일"
)
_VOCABULARY = frozenset((*_WORDS, *_OTHER_WORDS.split(), *map(str.lower, _ZONES)))
_LETTERS = re.compile(r"[^\W\d_]+")
# Europe/Berlin, or (Central European Time).
_LONG_ZONE = re.compile(r"[a-z]/[a-z]|[a-z]\)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|.")
_BETWEEN = frozenset(" ,./-'()")
_BLANKS = re.compile(r"\s*([-./])\s*")
_YEAR, _SIGN = r"'?(?P<year>\d{4}|\d{2})", r"[-./ ']*"
_QUARTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}{_SIGN}Q(?P<quarter>[1-4])",
        rf"{_YEAR}{_SIGN}(?P<quarter>[1-4])Q",
        rf"Q(?P<quarter>[1-4]){_SIGN}{_YEAR}",
        rf"(?P<quarter>[1-4])Q{_SIGN}{_YEAR}",
        rf"{_YEAR}년\s*(?P<quarter>[1-4])분기",
    )
)
_WEEKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})[- ]?K?W ?(?P<week>\d{1,2})(?:-?(?P<day>[1-7]))?",
        r"K?W ?(?P<week>\d{1,2})[-/ ](?P<year>\d{4})",
    )
)


def _could_be_a_date(text: str) -> bool:
    """Return whether a text has digits, and no words besides those of dates: a quick check."""
    if _DIGIT.search(text) is None:
        return False
    return _VOCABULARY.issuperset(_LETTERS.findall(text.lower())) or bool(_LONG_ZONE.search(text))


def _date(text: str) -> str | None:
    """Return a date without blanks and needless words; None if there are words of no date."""
    if _LETTERS.search(text) is None:
        return _BLANKS.sub(r"\1", text).rstrip(".")
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(text):
            return f"Q{match['year']}-{3 * int(match['quarter']) - 2:02}"
    for pattern in _WEEKS:
        if match := pattern.fullmatch(text):
            return f"{match['year']}-W{match['week']:0>2}-{match.groupdict().get('day') or 1}"
    tokens = [token for token in _TOKEN.findall(text.lower()) if token not in _BETWEEN]
    words = [token if token.isdigit() else _WORDS.get(token) for token in tokens]
    if None in words:
        return None
    return ("" if "년" in words else "-").join(word for word in words if word)
