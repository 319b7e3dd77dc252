"""Dates as people write them: what each spelling means, and how a column of them is read."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chainrule.data.columns.date_forms import FORMS, UNUSUAL, written
from chainrule.data.columns.dates import date_share, infer_dates, read_dates
from chainrule.data.table import Column
from chainrule.errors import InputError
from tests.data.columns import numbers, texts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
Write = Callable[[date], str]


def month(day: date, language: str) -> str:
    return MONTHS[language].split()[day.month - 1]


def ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if 10 < day < 14 else ending}"


# The form that reads a date, and ways to write it.
DAYS: dict[str, list[Write]] = {
    "%Y-%m-%d": [date.isoformat, lambda d: f"{d.year}-{d.month}-{d.day}"],
    "%Y/%m/%d": [lambda d: f"{d:%Y/%m/%d}", lambda d: f"{d.year} / {d.month} / {d.day}"],
    "%Y.%m.%d": [lambda d: f"{d.year}. {d.month}. {d.day}", lambda d: f"{d:%Y.%m.%d}."],
    "%Y %m %d": [lambda d: f"{d:%Y %m %d}"],
    "%Y%m%d": [lambda d: f"{d:%Y%m%d}"],
    "%Y년%m월%d일": [
        lambda d: f"{d.year}년 {d.month}월 {d.day}일",
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda d: f"{d.year}년 {d.month}월 {d.day}일 ({'월화수목금토일'[d.weekday()]})",
    ],
    "%d-%b-%Y": [
        lambda d: f"{d:%d-%b-%Y}",
        lambda d: f"{d.day} {d:%B %Y}",
        lambda d: f"{d:%A, %d %B %Y}",
        lambda d: f"{d:%d%b%Y}".upper(),
        lambda d: f"{ordinal(d.day)} of {d:%B %Y}",
        lambda d: f"{d.day}. {month(d, 'de')} {d.year}",
        lambda d: f"{d.day} de {month(d, 'es')} de {d.year}",
        lambda d: f"{d.day} {month(d, 'fr')} {d.year}",
    ],
    "%b-%d-%Y": [
        lambda d: f"{d:%b %d, %Y}",
        lambda d: f"{d:%a %b %d %Y}",
        lambda d: f"{d:%B} {ordinal(d.day)}, {d.year}",
    ],
    "%Y-%b-%d": [lambda d: f"{d:%Y-%b-%d}", lambda d: f"{d:%Y %B %d}"],
    "%m/%d/%Y": [lambda d: f"{d:%m/%d/%Y}", lambda d: f"{d.month}/{d.day}/{d.year}"],
    "%d/%m/%Y": [lambda d: f"{d:%d/%m/%Y}"],
    "%m-%d-%Y": [lambda d: f"{d:%m-%d-%Y}"],
    "%d-%m-%Y": [lambda d: f"{d:%d-%m-%Y}"],
    "%d.%m.%Y": [lambda d: f"{d:%d.%m.%Y}", lambda d: f"{d.day}. {d.month}. {d.year}"],
    "%m.%d.%Y": [lambda d: f"{d:%m.%d.%Y}"],
    "%m %d %Y": [lambda d: f"{d:%m %d %Y}"],
    "%d %m %Y": [lambda d: f"{d:%d %m %Y}"],
    "%G-W%V-%u": [lambda d: f"{d:%G-W%V-%u}", lambda d: f"{d:%GW%V%u}"],
}
SHORT: dict[str, list[Write]] = {  # with years of two digits
    "%y년%m월%d일": [lambda d: f"{d:%y}년 {d.month}월 {d.day}일"],
    "%d-%b-%y": [lambda d: f"{d:%d-%b-%y}", lambda d: f"{d:%d%b%y}".upper()],
    **{
        form: [lambda d, form=form: d.strftime(form)]  # type: ignore[misc]
        for sign in "/-."
        for form in (f"%m{sign}%d{sign}%y", f"%d{sign}%m{sign}%y", f"%y{sign}%m{sign}%d")
    },
}
FIRST_OF_MONTH: dict[str, list[Write]] = {
    "%Y-%m": [lambda d: f"{d:%Y-%m}"],
    "%Y/%m": [lambda d: f"{d:%Y/%m}"],
    "%Y.%m": [lambda d: f"{d:%Y.%m}", lambda d: f"{d.year}. {d.month}."],
    "%m/%Y": [lambda d: f"{d:%m/%Y}"],
    "%m-%Y": [lambda d: f"{d:%m-%Y}"],
    "%m.%Y": [lambda d: f"{d:%m.%Y}"],
    "%Y년%m월": [lambda d: f"{d.year}년 {d.month}월"],
    "%b-%Y": [lambda d: f"{d:%b %Y}", lambda d: f"{d:%B-%Y}"],
    "%Y-%b": [lambda d: f"{d:%Y %b}"],
}
FIRST_OF_QUARTER: dict[str, list[Write]] = {
    "Q%Y-%m": [
        lambda d: f"{d.year}Q{quarter(d)}",
        lambda d: f"{d.year}-Q{quarter(d)}",
        lambda d: f"Q{quarter(d)} {d.year}",
        lambda d: f"{d.year}년 {quarter(d)}분기",
    ],
}
SHORT_QUARTER: dict[str, list[Write]] = {
    "Q%y-%m": [lambda d: f"{quarter(d)}Q{d:%y}", lambda d: f"Q{quarter(d)}'{d:%y}"],
}


def quarter(day: date) -> int:
    return (day.month + 2) // 3


def first_of_quarter(day: date) -> date:
    return date(day.year, 3 * quarter(day) - 2, 1)


any_day = some.dates(date(1900, 1, 1), date(2100, 12, 31))
short_day = some.dates(date(1969, 1, 1), date(2068, 12, 31))


def cases() -> list[tuple[str, Write, some.SearchStrategy[date]]]:
    first_of_month = any_day.map(lambda day: day.replace(day=1))
    groups = (
        (DAYS, any_day),
        (SHORT, short_day),
        (FIRST_OF_MONTH, first_of_month),
        (FIRST_OF_QUARTER, any_day.map(first_of_quarter)),
        (SHORT_QUARTER, short_day.map(first_of_quarter)),
    )
    return [(f, w, days) for group, days in groups for f, ways in group.items() for w in ways]


def since_epoch(days: list[date | None]) -> list[float]:
    return [np.nan if day is None else (day - EPOCH.date()).days for day in days]


def test_every_form_of_the_table_is_tried_here() -> None:
    assert {form for form, _, _ in cases()} == {*FORMS} - {""}


@pytest.mark.parametrize(("form", "write", "days"), cases())
@settings(max_examples=20)
@given(data=some.data())
def test_dates_are_read_as_written_together_and_one_at_a_time(
    form: str, write: Write, days: some.SearchStrategy[date], data: some.DataObject
) -> None:
    drawn = data.draw(some.lists(some.none() | days, min_size=2, max_size=8).filter(any))
    column = texts("day", *(None if day is None else write(day) for day in drawn))
    expected = since_epoch(drawn)
    learned = infer_dates(column)
    assert learned is not None
    told_apart = {day for day in drawn if day is not None and day.day != day.month}
    assert form in learned.forms or learned.doubt or form in UNUSUAL or len(told_apart) <= 1
    if form in learned.forms:
        np.testing.assert_array_equal(learned.days, expected)
    np.testing.assert_array_equal(read_dates(column, [form]).days, expected)
    alone = [read_dates(column.take(np.array([row])), [form]).days[0] for row in range(len(drawn))]
    np.testing.assert_array_equal(alone, expected)
    assert date_share({text for text in column.values if text is not None}) == 1


@given(
    moment=some.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)),
    minutes=some.integers(-14 * 60, 14 * 60),
)
def test_a_time_with_an_offset_is_told_in_utc(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = (zoned - EPOCH) / DAY
    assert days_of(zoned.isoformat()) == pytest.approx(expected, rel=1e-12)


@given(moment=some.datetimes(datetime(1980, 1, 2), datetime(2030, 12, 30)))
def test_a_time_with_the_name_of_a_place_is_told_in_utc(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    place = ZoneInfo("Asia/Seoul")
    expected = (moment.replace(tzinfo=place) - EPOCH) / DAY
    for text in (f"{moment} Asia/Seoul", f"{moment.isoformat()}[Asia/Seoul]"):
        assert days_of(text) == pytest.approx(expected, rel=1e-12)


def days_of(text: str) -> float:
    return float(read_dates(texts("day", text), ["%m/%d/%Y"]).days[0])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1970-01-01 06:00", 0.25),
        ("1970-01-01T06:00:00Z", 0.25),
        ("1970-01-01 06:00:00,5", 0.25 + 0.5 / 86_400),
        ("1970-01-01 06:00:00.500000000", 0.25 + 0.5 / 86_400),
        ("19700101T060000", 0.25),
        ("19700101060000", 0.25),
        ("197001010600", 0.25),
        ("1/1/1970 6:00 AM", 0.25),
        ("1/1/1970, 12:00 pm", 0.5),
        ("1/1/1970 12:00 a.m.", 0.0),
        ("1970. 1. 1. 오전 6:00", 0.25),
        ("1970. 1. 1 오후 6:00:00", 0.75),
        ("1970년 1월 1일 18시 5분", 0.75 + 5 / 1440),
        ("18:00", 0.75),
        ("6:00 PM", 0.75),
        ("1970-01-01T00:00+0600", -0.25),
        ("1970-01-01T00:00+06", -0.25),
        ("1970-01-01 00:00:00 EST", 5 / 24),
        ("1970-01-01 00:00:00 UTC", 0),
        ("1970-01-01 00:00:00 KST", -9 / 24),
        ("1970-01-01T06:00:00+06:00[Asia/Omsk]", 0),
        ("Thu Jan 1 06:00:00 1970", 0.25),
        ("Thu Jan  1 06:00:00 UTC 1970", 0.25),
        ("Thu, 01 Jan 1970 06:00:00 GMT", 0.25),
        ("Thu Jan 01 1970 06:00:00 GMT+0600 (Central Asia Standard Time)", 0),
        ("01/Jan/1970:06:00:00 +0000", 0.25),
        ("1970-W01", -3),
        ("W01 1970", -3),
    ],
)
def test_times_weeks_and_zones_are_read(text: str, days: float) -> None:
    assert days_of(text) == pytest.approx(days, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2024", "3.5", "1.2.3", "2024-13-01", "2023-02-29", "31.04.2024", "24:00"),
        *("2024-01-31 25:00", "13:00 PM", "2024-1/31", "1.2.4", "2024-01-31 noon", "1" * 1000),
        *("10.0.0.1", "3:1", "1,2,3", "A/5 21171", "May", "2024Q5", "2024-W54", "12-2024-05"),
        *(
            "2024-01-31 10:00 IST",
            "550e8400-e29b-41d4-a716-446655440000",
            "3/4",
            "1/2/3",
            "v1.2.24",
        ),
    ],
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert date_share([text]) == 0
    assert infer_dates(texts("day", text)) is None


@pytest.mark.parametrize(
    ("values", "forms", "sure"),
    [
        (["31/12/2024", "1/2/2024"], ("%d/%m/%Y",), True),
        (["12/31/2024", "1/2/2024"], ("%m/%d/%Y",), True),
        (["1.2.2024"], ("%d.%m.%Y",), True),
        (["1/2/2024", "5/5/2024"], ("%m/%d/%Y",), False),
        (["5/5/2024"], ("%m/%d/%Y",), True),
        (["2024-01-02"], ("%Y-%m-%d",), True),
        (["18:30"], ("",), True),
        (["30.09.23", "11.05.24", "02.02.22"], ("%d.%m.%y",), False),
        (["23.09.30", "24.05.11", "22.02.02"], ("%y.%m.%d",), False),
        (["31.12.99", "1.2.98"], ("%d.%m.%y",), True),
        (["12/31/24", "1/2/24"], ("%m/%d/%y",), True),
        (["1/2/24"], ("%m/%d/%y",), False),
        (["2024-01-02", "2024-02-03", "31/12/2024"], ("%Y-%m-%d", "%d/%m/%Y"), True),
    ],
)
def test_all_values_decide_on_the_order_and_a_doubt_is_told_with_a_remedy(
    values: list[str], forms: tuple[str, ...], sure: bool
) -> None:
    found = infer_dates(texts("day", *values))
    assert found is not None
    assert (found.forms, not found.doubt) == (forms, sure)
    assert ("--date-form day=%" in found.remedy) == (not sure)


def test_one_value_of_many_decides_on_the_order() -> None:
    both = [
        f"{day}/{month}/{year}"
        for day in range(1, 13)
        for month in range(1, 13)
        for year in range(1950, 2030)
    ]
    found = infer_dates(texts("day", *both, "13/1/2024"))
    assert found is not None
    assert (found.forms, found.doubt) == (("%d/%m/%Y",), "")


def test_the_form_depends_on_no_hash_seed() -> None:
    program = (
        "from chainrule.data.columns.dates import infer_dates\n"
        "from chainrule.data.table import Column\n"
        "import numpy as np\n"
        "days = [f'{d}/{m}/2024' for d in range(1, 13) for m in range(1, 13)]\n"
        "print(infer_dates(Column('day', np.array([*days, '1.2.2024'], object))))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_description_has_the_order_and_an_example_that_shows_it() -> None:
    found = infer_dates(texts("day", "1/2/2024", "31/12/2024"))
    assert found is not None
    assert found.description == "read as day/month/year, for example 31/12/2024 is 2024-12-31"
    short = infer_dates(texts("day", "31.12.99"))
    assert short is not None
    assert short.description.endswith("; years of two digits are those from 1969 to 2068")


def test_one_text_of_ten_may_be_no_date() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 10)]
    assert infer_dates(texts("day", *days, "unknown")) is not None
    assert infer_dates(texts("day", *days[:-1], "unknown", "lost")) is None
    assert infer_dates(texts("day", "unknown"), min_share=0) is None


def test_missing_and_unreadable_dates_have_no_days() -> None:
    column = texts("day", "1970-01-02", None, "soon", "1970-01-02")
    np.testing.assert_array_equal(read_dates(column, ["%Y-%m-%d"]).days, [1, np.nan, np.nan, 1])
    assert np.isnan(read_dates(texts("day", None), ["%Y-%m-%d"]).days).all()


def test_new_dates_of_another_order_are_refused_with_a_remedy_that_works() -> None:
    new = texts("day", "20/10/2023", "03/06/2023")
    with pytest.raises(InputError, match="got '20/10/2023', expected dates in the order") as error:
        read_dates(new, ["%m/%d/%Y"])
    assert "--date-form day=%d/%m/%Y" in str(error.value)
    assert read_dates(new, ["%d/%m/%Y"]).days.tolist() == since_epoch(
        [date(2023, 10, 20), date(2023, 6, 3)]
    )


@pytest.mark.parametrize("learned", [["%Y-%m-%d"], [], ["%d.%m.%Y"], ["%b-%d-%Y"]])
def test_new_dates_whose_order_was_never_learned_are_refused(learned: list[str]) -> None:
    with pytest.raises(InputError, match="2023-03-06 or 2023-06-03") as error:
        read_dates(texts("day", "03/06/2023"), learned)
    assert "--date-form day=%m/%d/%Y or --date-form day=%d/%m/%Y" in str(error.value)


def test_it_is_told_where_many_new_dates_could_have_another_order_than_learned() -> None:
    many = [f"{day}/{month}/2024" for day in range(1, 6) for month in range(7, 11)]
    found = read_dates(texts("day", *many), ["%m/%d/%Y"])
    assert found.doubt == (
        "none of its 20 different dates shows whether the day or the month comes first, so they "
        "are read as month/day/year, for example 1/7/2024 is 2024-01-07"
    )
    assert "--date-form day=%d/%m/%Y" in found.remedy
    assert read_dates(texts("day", *many[:5]), ["%m/%d/%Y"]).doubt == ""
    assert read_dates(texts("day", *many, "12/31/2024"), ["%m/%d/%Y"]).doubt == ""
    assert read_dates(texts("day", *many), ["%m/%d/%Y", ""]).forms == ("%m/%d/%Y",)


def test_new_dates_with_one_meaning_are_read_however_they_are_written() -> None:
    new = texts("day", "23/06/2023", "2023-06-23", "June 23, 2023", "23.6.2023")
    assert {*read_dates(new, ["%Y-%m-%d"]).days} == {19531.0}


def test_a_column_without_any_date_is_refused() -> None:
    with pytest.raises(InputError, match="got 'soon' and no date, expected dates written as"):
        read_dates(texts("day", "soon", None, "later"), ["%d/%m/%Y"])


def test_a_form_of_the_user_reads_what_no_other_does_and_nothing_else() -> None:
    given = texts("day", "01052024", "31122024", "20240101")
    found = infer_dates(given, "%d%m%Y")
    assert found is not None
    np.testing.assert_array_equal(
        found.days, since_epoch([date(2024, 5, 1), date(2024, 12, 31), None])
    )


def test_a_form_of_the_user_decides_on_the_order_also_where_a_time_follows() -> None:
    found = infer_dates(texts("day", "1/2/1970 06:00"), "%d/%m/%Y")
    assert found is not None
    assert (found.days.tolist(), found.doubt) == ([31.25], "")


@pytest.mark.parametrize(
    ("values", "form", "said"),
    [
        (["soon"], "%d/%m/%Y", "no value that fits --date-form day=%d/%m/%Y, .*'31/12/2024'"),
        (["soon"], "%d%m%Y", "no value that fits --date-form day=%d%m%Y, .*'31122024'"),
        (["2024-01-02"], "unix_seconds", "expected numbers, seconds since 1970"),
        (["2024-01-02"], "%k", "got a form that is none of strptime"),
        (["12/31/2024"], "%d/%m/%Y", "expected dates in the order day/month/year"),
    ],
)
def test_a_form_of_the_user_that_fits_no_value_is_refused(
    values: list[str], form: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        infer_dates(texts("day", *values), form)


@pytest.mark.parametrize(
    ("values", "form", "days"),
    [
        ([1_704_067_200.0, 1_704_153_600], "unix_seconds", [19723, 19724]),
        ([1_704_067_200_000.0], "unix_milliseconds", [19723]),
        ([1_704_067_200e6], "unix_microseconds", [19723]),
        ([1_704_067_200e9], "unix_nanoseconds", [19723]),
        ([2021.0, 2022], "%Y", [18628, 18993]),
        ([202403.0, 202404], "%Y%m", [19783, 19814]),
        ([240319.0], "%y%m%d", [19801]),
        ([19_700_103.0, np.nan], "%Y%m%d", [2, np.nan]),
        ([20_240_319_120_000.0], "%Y%m%d%H%M%S", [19801.5]),
    ],
)
def test_numbers_that_are_said_to_be_dates_are_read_by_their_size_and_digits(
    values: list[float], form: str, days: list[float]
) -> None:
    column = numbers("at", *values)
    found = infer_dates(column, min_share=0)
    assert found is not None
    assert found.forms == (form,)
    np.testing.assert_array_equal(found.days, days)
    np.testing.assert_array_equal(read_dates(column, found.forms).days, days)
    written_out = texts("at", *(None if text is None else text for text in column.categories()))
    as_text = infer_dates(written_out, min_share=0)
    assert as_text is not None
    np.testing.assert_array_equal(as_text.days, days)


@pytest.mark.parametrize("values", [[45_000.0, 45_001], [3.5, 7], [201_203.0, 201_204]])
def test_numbers_with_several_meanings_are_refused_with_a_remedy(values: list[float]) -> None:
    with pytest.raises(InputError, match=r"got numbers such as .* --date-form at="):
        infer_dates(numbers("at", *values), min_share=0)


def test_numbers_are_days_of_excel_or_of_unix_where_it_is_said() -> None:
    for form in ("excel_days", "unix_days"):
        found = infer_dates(numbers("at", 45_292.0), form)
        assert found is not None
        assert found.days.tolist() == [19_723 if form == "excel_days" else 45_292]


def test_numbers_are_dates_by_themselves_only_in_eight_digits() -> None:
    assert infer_dates(numbers("at", 1.7e9, 1.71e9)) is None
    assert infer_dates(numbers("at", 2021, 2022, 2023)) is None
    assert infer_dates(numbers("at", 20_240_131, 20_240_200, 20_240_231)) is None
    found = infer_dates(numbers("at", 20_240_131, 20_240_201, 20_231_224))
    assert found is not None
    assert found.days.tolist() == [19753, 19754, 19715]


def test_dates_by_type_are_days_already() -> None:
    typed = Column("at", np.array([0.5, np.nan]), declared="date")
    found = infer_dates(typed)
    assert found is not None
    assert (found.forms, found.description) == ((), "read as days since 1970")
    np.testing.assert_array_equal(read_dates(typed, ["%d/%m/%Y"]).days, typed.values)


def test_a_text_is_split_into_date_and_time() -> None:
    parts = written("2024-05-11T18:30:00.123456789+02:00[Europe/Berlin]")
    assert parts is not None
    assert (parts.date, parts.clock) == ("2024-05-11", "18:30:00.123456 +02:00")


def test_where_the_user_names_the_form_nothing_is_in_doubt() -> None:
    many = [f"{day}/{month}/2024" for day in range(1, 6) for month in range(7, 11)]
    found = infer_dates(texts("day", *many), "%d/%m/%Y")
    assert found is not None
    assert found.doubt == ""
