"""Split by time: nothing that is tested is earlier than what is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.model_selection import TimeSeriesSplit

from chainrule.data.splits import Shares, Split, Times, split_times, time_folds, times_of
from chainrule.data.table import Column, Table
from chainrule.errors import InputError

SHARES = (0.7, 0.15, 0.15)


def times(values: Sequence[float]) -> Times:
    texts = np.array([f"{value:g}" for value in values], dtype=object)
    return Times("sales.csv, column 'day'", np.array(values, float), texts)


def parts_of(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


@given(
    given=some.lists(some.integers(0, 20), min_size=3, max_size=80).filter(
        lambda t: len(set(t)) > 2
    ),
    shares=some.sampled_from([SHARES, (0.8, 0.2, 0.0), (0.5, 0.0, 0.5), (1.0, 0.0, 0.0)]),
)
def test_parts_follow_each_other_and_rows_of_one_time_stay_together(
    given: list[int], shares: Shares
) -> None:
    split = split_times(times(given), shares)
    assert sorted(np.concatenate(parts_of(split)).tolist()) == list(range(len(given)))
    assert [len(part) > 0 for part in parts_of(split)] == [share > 0 for share in shares]
    of_parts = [np.array(given)[part] for part in parts_of(split) if len(part)]
    for earlier, later in pairwise(of_parts):
        assert earlier.max() < later.min()


def test_the_parts_have_their_shares_where_all_times_differ() -> None:
    order = np.random.default_rng(0).permutation(200)
    split = split_times(times(order.tolist()), SHARES)
    assert [len(part) for part in parts_of(split)] == [140, 30, 30]
    assert sorted(order[split.train]) == list(range(140))


def test_a_cut_is_made_at_the_end_of_a_time_that_is_nearest_to_the_share() -> None:
    split = split_times(times([1] * 6 + [2] * 3 + [3]), (0.7, 0.2, 0.1))
    assert [len(part) for part in parts_of(split)] == [6, 3, 1]


def test_as_few_times_as_parts_give_each_part_one() -> None:
    split = split_times(times([1, 2] + [3] * 98), SHARES)
    assert [len(part) for part in parts_of(split)] == [1, 1, 98]


@pytest.mark.parametrize(("rows", "folds"), [(100, 4), (60, 5), (12, 2)])
def test_folds_of_different_times_are_those_of_scikit_learn(rows: int, folds: int) -> None:
    theirs = TimeSeriesSplit(folds, test_size=rows // (folds + 1)).split(np.arange(rows))
    ours = time_folds(times(list(range(rows))), folds)
    assert [(a.tolist(), b.tolist()) for a, b in ours] == [
        (a.tolist(), b.tolist()) for a, b in theirs
    ]


def test_the_note_tells_until_when_each_part_is() -> None:
    split = Split(np.array([2, 0]), np.array([], int), np.array([1]))
    assert times([4, 9, 3]).note(split) == (
        "sales.csv, column 'day': split by time, training until 4, test until 9"
    )


def table(values: list[object]) -> Table:
    column = Column("day", np.array(values, dtype=object))
    return Table("sales.csv", (column,), Column("y", np.arange(float(len(values)))))


@pytest.mark.parametrize(
    "written",
    [
        ["2024-01-31", "2023-12-24", "2024-02-01"],
        ["31.01.2024", "24.12.2023", "01.02.2024"],
        ["1/31/2024", "12/24/2023", "2/1/2024"],
        ["2024-01-31 08:00", "2024-01-31T07:59:59", "2024-01-31 09:00+00:30"],
    ],
    ids=lambda written: written[0],
)
def test_dates_are_in_the_order_of_the_calendar_however_they_are_written(
    written: list[object],
) -> None:
    assert np.argsort(times_of(table(written), "day").values).tolist() == [1, 0, 2]


def test_numbers_are_times_by_their_value() -> None:
    years = Table("t.csv", (Column("year", np.array([2001.0, 1999.0])),), None)
    assert times_of(years, "year").values.tolist() == [2001.0, 1999.0]


def test_dates_that_were_dates_in_the_file_are_told_as_dates() -> None:
    days = Column("day", np.array([0.0, 19_723.5]), declared="date")
    assert times_of(Table("t.parquet", (days,), None), "day").texts.tolist() == [
        "1970-01-01",
        "2024-01-01",
    ]


@pytest.mark.parametrize("value", ["soon", "2024-02-30", "7"])
def test_a_value_that_is_no_date_is_refused_with_its_place(value: str) -> None:
    with pytest.raises(InputError) as error:
        times_of(table(["2024-01-31", value, "2024-02-01"]), "day")
    assert str(error.value) == (
        f"sales.csv, row 2, column 'day': got '{value}', expected a date such as 2024-01-31 or "
        "2024-01-31 18:30, or numbers in all rows. Correct the value, or leave the row out. (Rows "
        "are counted from 1, the header is not counted.)"
    )


def test_a_row_without_a_time_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match=r"row 3, column 'day': got no value, expected the time"):
        times_of(table(["2024-01-31", "2024-02-01", None]), "day")


def test_fewer_times_than_parts_are_refused() -> None:
    with pytest.raises(InputError) as error:
        split_times(times([5, 5, 6]), SHARES)
    assert str(error.value) == (
        "sales.csv, column 'day': got 2 different times, expected at least 3, for training and "
        "validation and test one each. Give rows of more times, or split in another way."
    )


def test_fewer_times_than_folds_need_are_refused() -> None:
    with pytest.raises(InputError, match="expected at least 4, for each fold one and one before"):
        time_folds(times([1, 2, 3]), 3)


def test_fewer_folds_than_two_are_refused() -> None:
    with pytest.raises(InputError, match=r"^folds: got 1, expected at least 2\. Usual are 5 or 10"):
        time_folds(times([1, 2, 3]), 1)
