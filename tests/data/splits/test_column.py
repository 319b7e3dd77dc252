"""Split by a column that says which part each row is in."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.splits import split_by_column
from chainrule.data.table import Column, Table
from chainrule.errors import InputError


def table(values: list[object]) -> Table:
    column = Column("part", np.array(values, dtype=object))
    return Table("t.csv", (column,), Column("y", np.arange(float(len(values)))))


def test_each_row_goes_where_the_column_says() -> None:
    split = split_by_column(table(["test", "train", "validation", "train"]), "part")
    assert [p.tolist() for p in (split.train, split.validation, split.test)] == [[1, 3], [2], [0]]


@pytest.mark.parametrize(
    "spelt",
    [
        ("train", "validation", "test"),
        ("TRAINING", "Valid", "Testing"),
        ("Train", "val", "TEST"),
        ("train", "dev", "test"),
    ],
    ids=str,
)
def test_usual_spellings_are_understood_in_capitals_or_not(spelt: tuple[str, str, str]) -> None:
    split = split_by_column(table([*spelt]), "part")
    assert [p.tolist() for p in (split.train, split.validation, split.test)] == [[0], [1], [2]]


def test_there_need_not_be_rows_for_validation_or_test() -> None:
    split = split_by_column(table(["train", "train"]), "part")
    assert (len(split.train), len(split.validation), len(split.test)) == (2, 0, 0)


def test_any_other_value_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as error:
        split_by_column(table(["train", "tset"]), "part")
    assert str(error.value) == (
        "t.csv, row 2, column 'part': got 'tset', expected one of train, training, validation, "
        "valid, val, dev, test, testing. Correct the value, or name another column. (Rows are "
        "counted from 1, the header is not counted.)"
    )


def test_a_row_without_a_value_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match=r"row 1, column 'part': got no value, expected the split"):
        split_by_column(table([None, "train"]), "part")


def test_no_row_for_training_is_refused() -> None:
    with pytest.raises(InputError) as error:
        split_by_column(table(["test", "val"]), "part")
    assert str(error.value) == (
        "t.csv, column 'part': got no row for training, expected at least one with the value "
        "train. Mark the rows to learn from, or name another column."
    )
