"""Candidates: what looks like a group or a time is offered, and ordinary columns are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.data.splits import SplitSuggestion, suggest_splits
from chainrule.data.table import Column, Declared, Table
from tests.data.read_as import read_table

ROWS = 120


def found(name: str, values: np.ndarray, declared: Declared | None = None) -> list[str]:
    """The kinds of candidates in a table of one column."""
    column = Column(name, values, declared=declared)
    return [one.kind for one in suggest_splits(Table("t.csv", (column,), None))]


def each(times: int, rows: int = ROWS) -> np.ndarray:
    """Whole numbers, each so many times."""
    return np.arange(rows) // times * 1.0


@pytest.mark.parametrize(
    "name", ["patient_id", "PatientID", "patient", "user id", "Household-No", "id", "customerKey"]
)
def test_a_column_named_like_one_whose_values_repeat_is_a_group(name: str) -> None:
    assert found(name, each(4)) == ["group"]
    assert found(name, np.array([f"p{n:g}" for n in each(4)], dtype=object)) == ["group"]


@pytest.mark.parametrize(
    "name",
    ["households", "customer_age", "persons", "family_size", "zip_code", "phone number", "height"],
)
def test_a_column_that_is_not_named_like_one_is_no_group(name: str) -> None:
    assert found(name, each(4)) == []


def test_numbers_of_the_rows_are_no_group() -> None:
    assert found("patient_id", each(1)) == []


def test_few_values_are_an_ordinary_category() -> None:
    assert found("user", each(12)) == []


def test_few_rows_that_share_their_value_make_no_group() -> None:
    values = each(1)
    values[:40] = values[40:80]
    assert found("user", values) == ["group"]  # 80 of 120 rows share theirs
    values[:40] = each(1)[:40]
    values[:20] = values[20:40]
    assert found("user", values) == []  # 40 of 120


def test_measurements_are_no_group_whatever_their_name() -> None:
    assert found("patient", each(4) + 0.5) == []


@pytest.mark.parametrize("name", ["date", "날짜", "when"])
def test_dates_are_a_time_whatever_their_name(name: str) -> None:
    texts = np.datetime_as_string(np.datetime64("2024-01-01") + np.arange(ROWS)).astype(object)
    assert found(name, texts) == ["time"]
    assert found(name, each(2), declared="date") == ["time"]


@pytest.mark.parametrize("name", ["birth_date", "DateOfBirth", "dob"])
def test_a_date_of_birth_is_no_time(name: str) -> None:
    assert found(name, each(2), declared="date") == []


def test_few_dates_are_no_time() -> None:
    assert found("date", each(20), declared="date") == []


def test_numbers_that_are_no_dates_are_no_time() -> None:
    assert found("time", each(2)) == []


def test_what_is_missing_does_not_count() -> None:
    values = each(4)
    values[:20] = np.nan
    (candidate,) = suggest_splits(Table("t.csv", (Column("user", values),), None))
    assert candidate == SplitSuggestion("user", "group", values=25, rows=100)


def test_a_group_is_told_with_the_option_to_copy() -> None:
    assert str(SplitSuggestion("patient id", "group", values=212, rows=870)) == (
        "column 'patient id' looks like a group: 212 values, 4.1 rows each. If new data has new "
        "values of it, use --group 'patient id'"
    )


def test_a_time_is_told_with_the_option_to_copy() -> None:
    assert str(SplitSuggestion("day", "time", values=1000, rows=1000)) == (
        "column 'day' looks like a time: 1,000 values. If the model will predict the future, use "
        "--time day"
    )


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("adult/adult-train.csv", "income"),
        ("california-housing/housing.csv", "median_house_value"),
        ("titanic/titanic.csv", "Survived"),
        ("wine-quality/winequality-red.csv", "quality"),
        ("wine-quality/winequality-white.csv", "quality"),
    ],
)
def test_well_known_tables_have_no_column_to_be_split_by(
    real: Path, file: str, target: str
) -> None:
    assert suggest_splits(read_table(real / "tabular" / file, target=target)) == ()
