from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.columns.dates import DateOrder, days_since_epoch, infer_date_order, parse_days
from chainrule.data.table import Column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
days_of_people = some.dates(date(1000, 1, 1), date(9999, 12, 31))


@pytest.mark.parametrize(
    ("form", "order"),
    [
        ("{:%Y-%m-%d}", "month_first"),
        ("{:%Y/%m/%d}", "month_first"),
        ("{:%Y.%m.%d}", "day_first"),
        ("{:%Y%m%d}", "day_first"),
        ("{:%d.%m.%Y}", "day_first"),
        ("{:%d/%m/%Y}", "day_first"),
        ("{:%m/%d/%Y}", "month_first"),
        ("{0.day}.{0.month}.{0.year}", "day_first"),
    ],
)
@given(day=days_of_people)
def test_a_date_is_the_days_since_1970_however_it_is_written(
    form: str, order: DateOrder, day: date
) -> None:
    assert parse_days(form.format(day), order) == (day - EPOCH.date()).days


@given(
    moment=some.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)),
    minutes=some.integers(-14 * 60, 14 * 60),
)
def test_a_time_with_a_zone_is_told_in_utc(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = (zoned - EPOCH) / DAY
    assert parse_days(zoned.isoformat(), "day_first") == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1970-01-01 06:00", 0.25),
        ("1970-01-01T06:00:00Z", 0.25),
        ("1970-01-01 06:00:00,5", 0.25 + 0.5 / 86_400),
        ("1/1/1970 6:00 AM", 0.25),
        ("1/1/1970 12:00 pm", 0.5),
        ("1/1/1970 12:00 a.m.", 0.0),
        ("18:00", 0.75),
        ("6:00 PM", 0.75),
        ("1970-01-01T00:00+0600", -0.25),
    ],
)
def test_a_time_is_a_part_of_the_day(text: str, days: float) -> None:
    assert parse_days(text, "month_first") == pytest.approx(days, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2024", "3.5", "1.2.3", "2024-13-01", "2023-02-29", "31.04.2024", "24:00"),
        *("2024-01-31 25:00", "13:00 PM", "2024-1/31", "1.2.24", "2024-01-31 noon", "x" * 1000),
        "0000-01-01",
    ],
)
def test_what_is_no_date_has_no_days(text: str) -> None:
    assert parse_days(text, "day_first") is None


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["31/12/2024", "1/2/2024"], ("day_first", True)),
        (["12/31/2024", "1/2/2024"], ("month_first", True)),
        (["1.2.2024"], ("day_first", True)),
        (["1/2/2024", "5/5/2024"], ("month_first", False)),
    ],
)
def test_a_number_above_12_tells_the_day_and_a_slash_alone_leaves_it_open(
    texts: list[str], found: tuple[str, bool]
) -> None:
    assert infer_date_order(texts) == found


@pytest.mark.parametrize("text", ["2024-01-02", "5/5/2024", "18:30"])
def test_where_either_order_means_the_same_there_is_no_doubt(text: str) -> None:
    order = infer_date_order([text])
    assert order is not None
    assert order[1]


def test_one_text_of_ten_may_be_no_date() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 10)]
    assert infer_date_order([*days, "unknown"]) is not None
    assert infer_date_order([*days[:-1], "unknown", "lost"]) is None
    assert infer_date_order(["unknown"], min_share=0) is None


def test_a_column_has_nan_where_a_date_is_missing_or_unreadable() -> None:
    column = Column("day", np.array(["1970-01-02", None, "soon", "1970-01-02"], object))
    np.testing.assert_array_equal(days_since_epoch(column, "day_first"), [1, np.nan, np.nan, 1])


def test_numbers_are_days_already_or_dates_in_eight_digits() -> None:
    assert days_since_epoch(Column("day", np.array([0.5, 19_000.0])), "day_first").tolist() == [
        0.5,
        19_000,
    ]
    compact = Column("day", np.array([19_700_103.0, np.nan, 20_240_230.0]))
    np.testing.assert_array_equal(days_since_epoch(compact, "day_first"), [2, np.nan, np.nan])
