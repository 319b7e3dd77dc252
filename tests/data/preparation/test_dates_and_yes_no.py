"""Dates and yes and no: what is made of them, by which role, and after a model was stored."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.columns.date_forms import ISO
from chainrule.data.columns.roles import infer_roles
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.columns import column_from_json
from chainrule.data.preparation.dates import Dates
from chainrule.data.preparation.scaling import Scaling, SmoothClipping, Standardisation, Unscaled
from chainrule.data.preparation.yes_no import YesNo
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Role
from chainrule.errors import InputError
from tests.data.columns import numbers, table, texts

YEAR = [date(2023, 1, 1) + timedelta(days=day) for day in range(730)]


def fit(*values: str | None, scaling: type[Scaling] = Unscaled) -> Dates:
    return Dates.fit(texts("day", *values), scaling)


def prepared(
    *columns: Column, roles: dict[str, Role] | None = None, scaling: str | None = None
) -> tuple[Table, Preparation]:
    rows = len(columns[0])
    data = table(*columns, target=numbers("y", *range(rows)))
    data = replace(data, read_options=ReadOptions(role=roles or {}))
    return data, Preparation.fit(data, np.arange(rows), "regression", scaling=scaling)


def test_a_date_is_its_days_and_a_circle_for_each_period_that_differs() -> None:
    fitted = fit("2024-01-01", "2024-02-10", "2024-12-31")
    assert fitted.feature_names == (
        "day",
        "day: sine of the year",
        "day: cosine of the year",
        "day: sine of the month",
        "day: cosine of the month",
        "day: sine of the week",
        "day: cosine of the week",
    )
    assert fit("2024-01-01", "2024-01-08").periods == ("year", "month")  # two Mondays
    assert fit("2024-01-01 06:00", "2024-01-01 18:00").periods == ("day",)
    assert fit("06:00", "18:00").periods == ("day",)


@given(days=some.lists(some.dates(date(1600, 1, 1), date(2400, 12, 31)), min_size=2, max_size=20))
def test_sine_and_cosine_are_those_of_the_share_that_the_calendar_of_python_tells(
    days: list[date],
) -> None:
    fitted = Dates("day", (ISO,), ("year", "month", "week"), fit("2024-01-01").numbers)
    found = fitted.transform(texts("day", *map(str, days)))[:, 1:]
    for day, features in zip(days, found, strict=True):
        first, next_first = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        month = (date(day.year, day.month, 28) + timedelta(days=4)).replace(day=1)
        shares = np.array(
            [
                (day - first) / (next_first - first),
                (day.day - 1) / (month - day.replace(day=1)).days,
                day.weekday() / 7,
            ]
        )
        circle = np.stack([np.sin(2 * np.pi * shares), np.cos(2 * np.pi * shares)], axis=1)
        np.testing.assert_allclose(features, circle.ravel(), atol=1e-6)


def test_the_last_day_of_a_year_is_near_the_first_and_far_from_the_middle() -> None:
    fitted = fit("2023-12-31", "2024-01-01", "2024-07-01")
    before, after, middle = fitted.transform(texts("day", "2023-12-31", "2024-01-01", "2024-07-01"))
    assert np.hypot(*(before - after)[1:3]) < 0.02
    assert np.hypot(*(before - middle)[1:3]) > 1.99


def test_days_are_scaled_as_numbers_are() -> None:
    texts_of_days = [str(day) for day in YEAR]
    fitted = fit(*texts_of_days, scaling=Standardisation)
    days = np.array([day.toordinal() for day in YEAR], float)
    expected = (days - days.mean()) / days.std()
    np.testing.assert_allclose(
        fitted.transform(texts("day", *texts_of_days))[:, 0], expected, rtol=1e-5
    )


def test_a_missing_date_is_the_median_in_the_middle_of_all_circles_and_says_so() -> None:
    fitted = fit("1970-01-02", None, "1970-01-04", "1970-01-07")
    (features,) = fitted.transform(texts("day", None))
    assert fitted.feature_names[1] == "day is missing"
    assert features.tolist() == [3, 1, 0, 0, 0, 0, 0, 0]


def test_values_that_are_no_dates_are_missing_and_told_of() -> None:
    days = [str(day) for day in YEAR[:40]]
    data, fitted = prepared(texts("day", *days, "unknown"))
    assert fitted.notes == (
        "t.csv: column 'day': 1 value such as 'unknown' is no date, and read as missing",
    )
    assert fitted.features(data)[-1, 1] == 1
    later = table(texts("day", "2023-01-05", "soon", "later"))
    assert fitted.notes_on(later) == (
        "t.csv: column 'day': 2 values such as 'soon' are no dates, and read as missing",
    )


def test_a_date_written_with_the_day_first_in_training_is_read_so_later() -> None:
    _, fitted = prepared(texts("day", "31.12.2023", "1.2.2024", "3.4.2024"), scaling="none")
    same = fitted.features(table(texts("day", "1.2.2024", "2024-02-01", "1 Feb 2024")))
    assert (same == same[0]).all()
    with pytest.raises(InputError, match="got '1/2/2024', which is 2024-01-02 or 2024-02-01"):
        fitted.features(table(texts("day", "1/2/2024")))
    other = table(texts("day", "13/2/2024", "1/2/2024"))
    assert fitted.features(other)[1].equal(same[0])
    assert fitted.notes_on(other) == (
        "t.csv: column 'day' is read as day/month/year, for example 13/2/2024 is 2024-02-13; in "
        "training it was read as day.month.year",
    )


def test_dates_that_can_be_read_either_way_come_with_a_note() -> None:
    _, fitted = prepared(texts("day", "1/2/2024", "3/4/2024"))
    assert "no value shows whether the day or the month comes first" in fitted.notes[0]


@pytest.mark.parametrize("form", ["csv", "parquet", "frame"])
def test_dates_are_the_same_from_every_source(tmp_path: Path, form: str) -> None:
    when = [datetime(2024, 1, 1, 6) + timedelta(hours=31 * place) for place in range(40)]
    frame = pandas.DataFrame({"when": when, "y": range(40)})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    rows = np.arange(40)
    written = read(tmp_path / "a.csv", target="y")
    typed = read({"frame": frame}.get(form, tmp_path / f"a.{form}"), target="y")
    fitted = Preparation.fit(written, rows, "regression")
    assert (
        Preparation.fit(typed, rows, "regression")
        .features(typed)
        .allclose(fitted.features(written), atol=1e-6)
    )
    assert fitted.features(typed).allclose(fitted.features(written), atol=1e-6)


def test_a_german_date_is_no_number_that_someone_mistyped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "day;y\n" + "".join(f"{d}.{m}.2024;{d}\n" for d in range(1, 29) for m in (1, 9))
    )
    data = read(path, target="y")
    fitted = Preparation.fit(data, np.arange(len(data)), "regression")
    assert isinstance(fitted.inputs, tuple)
    assert isinstance(fitted.inputs[0], Dates)


@given(later=some.lists(some.floats(allow_nan=True, allow_infinity=False), max_size=9))
def test_features_of_dates_are_finite_whatever_the_numbers(later: list[float]) -> None:
    fitted = fit("2024-01-01 06:00", None, "2025-02-03 07:30")
    typed = Column("day", np.array(later, float), declared="date")
    assert np.isfinite(fitted.transform(typed)).all()


def test_a_column_that_is_said_to_be_a_date_and_is_none_is_refused() -> None:
    with pytest.raises(InputError) as error:
        prepared(texts("kind", "a", "b"), roles={"kind": "date"})
    assert "column 'kind': got 'a' and no date, expected dates such as 2024-01-31" in str(
        error.value
    )
    assert "Use --role 'kind=category', or write dates." in str(error.value)


def test_numbers_of_eight_digits_are_dates_if_a_person_says_so() -> None:
    _, fitted = prepared(
        numbers("day", 20_240_101, 20_240_703), scaling="none", roles={"day": "date"}
    )
    assert fitted.features(table(texts("day", "2024-01-01")))[0, 0] == 19_723


def test_yes_and_no_are_one_feature_however_they_are_written() -> None:
    data, fitted = prepared(texts("garage", "yes", "no", None, "yes"))
    assert fitted.feature_names == ("garage",)
    assert fitted.features(data).tolist() == [[1], [-1], [0], [1]]
    later = table(texts("garage", "NO", "True", "1", "perhaps"))
    assert fitted.features(later).tolist() == [[-1], [1], [1], [0]]
    assert fitted.features(table(numbers("garage", 0, 1))).tolist() == [[-1], [1]]


def test_what_says_neither_yes_nor_no_later_is_told_of() -> None:
    _, fitted = prepared(texts("garage", "yes", "no", None, "yes"))
    assert fitted.notes_on(table(texts("garage", "yes", "perhaps", None))) == (
        "t.csv: column 'garage': 1 value such as 'perhaps' is neither yes nor no",
    )


def test_other_words_for_yes_and_no_than_in_training_are_told() -> None:
    _, fitted = prepared(texts("garage", "yes", "no", "Yes", "yes"))
    assert fitted.notes_on(table(texts("garage", "NO", "yes"))) == ()
    assert fitted.notes_on(table(texts("garage", "no", "false", "true", None))) == (
        "t.csv: column 'garage': 2 values such as 'false', read as no, are written otherwise than "
        "in training, 'no', 'yes'; 1 value is missing, and none was in training",
    )


def test_many_values_none_of_which_is_yes_or_no_are_refused() -> None:
    _, fitted = prepared(texts("garage", "yes", "no", "yes", "yes"))
    with pytest.raises(InputError) as error:
        fitted.check_new_rows(table(texts("garage", *["perhaps"] * 10)))
    assert "got 'perhaps' and other values of which none is yes or no, expected 'no', 'yes'" in str(
        error.value
    )
    fitted.check_new_rows(table(texts("garage", *["perhaps"] * 9)))


def test_missing_values_of_numbers_and_dates_are_told_where_training_had_none() -> None:
    _, fitted = prepared(numbers("x", 1, 2, 3), texts("day", *(str(day) for day in YEAR[:3])))
    later = table(numbers("x", 5, np.nan, np.nan), texts("day", str(YEAR[0]), None, str(YEAR[1])))
    assert fitted.notes_on(later) == (
        "t.csv: column 'x': 2 values are missing, and none was in training: read as the median, 2",
        "t.csv: column 'day': 1 value is missing, and none was in training",
    )


def test_0_and_1_as_numbers_stay_numbers_as_others_may_follow() -> None:
    _, fitted = prepared(numbers("children", 0, 1, 0, 1), scaling="none")
    assert fitted.features(table(numbers("children", 3))).tolist() == [[3]]


def test_other_words_are_refused_for_yes_and_no() -> None:
    with pytest.raises(
        InputError, match="column 'sex': got 'm', expected yes or no, true or false"
    ):
        prepared(texts("sex", "f", "m"), roles={"sex": "yes_no"})


def test_a_role_that_a_person_gave_decides_what_is_made_of_a_column() -> None:
    days = texts("day", "2024-01-01", "2024-01-02", "2024-01-02")
    grades = numbers("grade", 1, 2, 2)
    roles: dict[str, Role] = {"day": "category", "grade": "category"}
    _, fitted = prepared(days, grades, roles=roles)
    assert fitted.feature_names == (
        *("day = 2024-01-01", "day = 2024-01-02", "grade = 1", "grade = 2"),
    )
    assert fitted.categorical == ("day", "grade")
    _, fitted = prepared(days, grades, roles={"day": "identifier"})
    assert fitted.columns == ("grade",)
    assert fitted.notes == ("t.csv: column 'day' is left out, as you set its role to identifier",)


def test_text_of_numbers_is_numbers_if_a_person_says_so() -> None:
    _, fitted = prepared(texts("size", "10", "20", "10"), scaling="none", roles={"size": "number"})
    assert fitted.features(table(texts("size", "15"))).tolist() == [[15]]
    with pytest.raises(
        InputError, match=r"t\.csv, row 2, column 'size': got 'big', expected a num"
    ):
        prepared(texts("size", "10", "big", "10"), roles={"size": "number"})


def test_categories_that_were_declared_are_not_taken_for_dates() -> None:
    days = Column("day", np.array(["2024-01-01", "2024-01-02"], object), declared="category")
    _, fitted = prepared(days)
    assert fitted.feature_names == ("day = 2024-01-01", "day = 2024-01-02")


@pytest.mark.parametrize("form", ["csv", "parquet", "frame"])
def test_what_is_read_as_categorical_stays_so_from_every_source(tmp_path: Path, form: str) -> None:
    days = ["2024-01-01", "2024-01-02", "2024-01-02"]
    frame = pandas.DataFrame({"day": days, "grade": [1, 2, 2], "y": [1, 2, 3]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    source = {"frame": frame}.get(form, tmp_path / f"a.{form}")
    data = read(source, target="y", categorical=["day", "grade"])
    fitted = Preparation.fit(data, np.arange(3), "regression")
    assert fitted.feature_names == (
        *("day = 2024-01-01", "day = 2024-01-02", "grade = 1", "grade = 2"),
    )


def test_rows_that_are_not_for_training_change_nothing_that_is_fitted_by_a_role() -> None:
    rows = np.arange(30)
    days = [str(day) for day in YEAR[:30]]
    flags = ["yes", "no"] * 15
    fits = []
    for change in (False, True):
        when, flag = (["soon"] * 30, ["maybe"] * 30) if change else (days, flags)
        data = table(
            texts("when", *days, *when),
            texts("flag", *flags, *flag),
            numbers("row_id", *range(30), *([7] * 30 if change else range(30, 60))),
            target=numbers("y", *range(60)),
        )
        roles = infer_roles(data.take(rows))
        fits.append(Preparation.fit(data, rows, "regression", roles=roles))
    assert fits[0] == fits[1]


@given(
    days=some.lists(some.datetimes() | some.none(), min_size=1, max_size=9).filter(any),
    later=some.lists(some.datetimes() | some.none(), max_size=9),
)
def test_dates_come_back_from_json_exactly(
    days: list[datetime | None], later: list[datetime | None]
) -> None:
    written = [None if day is None else str(day) for day in days]
    fitted = fit(*written, scaling=SmoothClipping)
    again = column_from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    column = texts("day", *(None if day is None else day.isoformat() for day in later))
    assert again.transform(column).tobytes() == fitted.transform(column).tobytes()


def test_a_preparation_of_all_roles_comes_back_from_json_exactly() -> None:
    data, fitted = prepared(
        texts("day", *(str(day) for day in YEAR[:40])),
        texts("flag", *["yes", "no"] * 20),
        texts("kind", *"abcd" * 10),
        numbers("x", *range(40)),
    )
    again = Preparation.from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.features(data).equal(fitted.features(data))
    assert column_from_json({"kind": "yes_no", "name": "flag"}) == YesNo("flag")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"forms": "%Y"}, "got '%Y' as forms, expected a list of texts"),
        ({"order": "day_first"}, "column of dates: got unknown forms"),
        ({"periods": ["hour"]}, "got 'hour' as periods, expected year or month or week or day"),
        ({"periods": "year"}, "got 'year' as periods, expected a list of texts"),
        ({"numbers": {}}, "column of numbers: got no kind, name, median"),
        ({"more": 1}, "column of dates: got unknown more"),
        ({"kind": "yes_no"}, "column of yes and no: got unknown forms, periods, numbers"),
        (
            {"kind": "hour"},
            "column: got 'hour' as kind, expected an object whose",
        ),
    ],
)
def test_a_damaged_record_of_dates_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        column_from_json({**fit("2024-01-01", "2024-07-01").as_json(), **change})
    assert said in str(error.value)


def as_before_version_5(fitted: Dates, order: str) -> dict[str, object]:
    """The record of dates that stores the order of day and month."""
    record = fitted.as_json()
    del record["forms"]
    return {**record, "order": order}


def test_the_order_of_day_and_month_is_known_from_older_files() -> None:
    fitted = fit("31/12/2023", "1/2/2024", "3/4/2024")
    later = texts("day", "3/4/2024", "2024-04-03", "3.4.2024")
    older = column_from_json(as_before_version_5(fitted, "day_first"))
    assert isinstance(older, Dates)
    features = older.transform(later)
    assert (features == fitted.transform(texts("day", "3/4/2024"))).all()
    other = column_from_json(as_before_version_5(fitted, "month_first"))
    assert isinstance(other, Dates)
    with pytest.raises(InputError, match="got '31/12/2023', expected dates in the order month/day"):
        other.transform(texts("day", "31/12/2023"))
    with pytest.raises(InputError, match="'year_first' as order, expected day_first or month"):
        column_from_json(as_before_version_5(fitted, "year_first"))


def test_numbers_are_read_in_the_unit_of_the_training_rows_and_it_is_told() -> None:
    at = numbers("at", 1_704_067_200, 1_704_153_600, 1_707_000_000)
    _, fitted = prepared(at, scaling="none", roles={"at": "date"})
    assert fitted.notes == (
        "t.csv: column 'at' is read as seconds since 1970, for example 1704067200 is 2024-01-01",
    )
    assert fitted.features(table(numbers("at", 1_704_067_200)))[0, 0] == 19_723
    assert fitted.features(table(texts("at", "1704067200")))[0, 0] == 19_723


def test_a_form_of_the_user_is_kept_and_one_for_new_rows_takes_precedence_with_a_note() -> None:
    options = ReadOptions(date_form={"day": "%d/%m/%Y"})
    data = table(texts("day", "1/2/2024", "3/4/2024", "5/6/2024"), target=numbers("y", 1, 2, 3))
    data = replace(data, read_options=options)
    fitted = Preparation.fit(data, np.arange(3), "regression", scaling="none")
    assert fitted.notes == (
        "t.csv: column 'day' is read as day/month/year, for example 1/2/2024 is 2024-02-01",
    )
    new = table(texts("day", "1/2/2024"))
    assert fitted.features(new)[0, 0] == 19_754
    given = fitted.read_options.for_new_rows(ReadOptions(date_form={"day": "%m/%d/%Y"}))
    new = replace(new, read_options=given)
    assert fitted.features(new)[0, 0] == 19_724
    (note,) = fitted.notes_on(new)
    assert note.endswith("1/2/2024 is 2024-01-02; in training it was read as day/month/year")
