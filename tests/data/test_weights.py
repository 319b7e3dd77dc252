"""Weights of samples come from a column."""

import numpy as np
import pytest

from chainrule.data.columns.sample_weights import (
    row_counts,
    with_sample_weights,
    with_weights_if_present,
)
from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table
from chainrule.errors import InputError


def table(weights: list[float]) -> Table:
    rows = len(weights)
    return Table(
        "rows.csv",
        (Column("age", np.arange(float(rows))), Column("weight", np.array(weights, float))),
        Column("target", np.zeros(rows)),
    )


def test_the_column_of_weights_is_no_longer_learned_from() -> None:
    data = with_sample_weights(table([1, 3, 2.5]), "weight")
    assert isinstance(data, Table)
    assert [column.name for column in data.columns] == ["age"]
    assert data.weights is not None
    assert data.weights.values.tolist() == [1, 3, 2.5]
    assert with_sample_weights(data, "weight") is data  # already done


def test_rows_of_weight_0_are_left_out_with_a_note() -> None:
    data = with_sample_weights(table([1, 0, 2.5, 0]), "weight")
    assert isinstance(data, Table)
    assert data.weights is not None
    assert data.weights.values.tolist() == [1, 2.5]
    assert [data.row(0), data.row(1)] == [1, 3]
    assert data.notes == (
        "rows.csv, column 'weight': 2 rows of weight 0 are left out, such as rows.csv, row 2",
    )


def test_other_data_without_the_column_count_equally_with_a_note() -> None:
    data = with_weights_if_present(table([1, 2]), "wieght")
    assert isinstance(data, Table)
    assert data.weights is None
    assert data.notes == (
        "rows.csv: there is no column 'wieght' of weights: all rows count equally",
    )
    assert with_weights_if_present(data, "wieght") is data  # told once


@pytest.mark.parametrize(
    ("weights", "counts"),
    [
        ([1, 1, 1], None),
        ([2, 2, 5], [2, 2, 5]),  # copies
        ([0.1, 0.1], None),
        ([0.1, 0.3], [0.5, 1.5]),
        ([1e-300, 3e-300], [0.5, 1.5]),
    ],
)
def test_whole_weights_are_copies_and_others_relative(
    weights: list[float], counts: list[float] | None
) -> None:
    counted = row_counts(np.array(weights, float))
    assert counted is None if counts is None else counted == pytest.approx(counts, rel=1e-12)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -2], "rows.csv, row 2, column 'weight': got -2 as the weight of a sample, expected"),
        ([np.nan, 1], "rows.csv, row 1, column 'weight': got no value as the weight of a sample"),
        ([1e308, 1e308], "got weights whose sum is inf, expected one from 1e-290 to 1e+290"),
        ([0, 0], "got the weight 0 for every sample, expected at least one above 0. Give other"),
    ],
)
def test_weights_that_can_not_be_used_are_refused(weights: list[float], message: str) -> None:
    with pytest.raises(InputError) as told:
        with_sample_weights(table(weights), "weight")
    assert message in str(told.value)


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'weight'"):
        with_sample_weights(table([1, 2]), "wieght")


def test_pictures_have_no_column_of_weights() -> None:
    with pytest.raises(InputError, match="pictures, which have no columns; expected a table"):
        with_sample_weights(Images("digits", np.zeros((2, 3, 3), np.uint8), None), "weight")
