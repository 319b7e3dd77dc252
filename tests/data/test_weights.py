"""Weights of samples come from a column."""

import numpy as np
import pytest

from chainrule.data.columns.sample_weights import split_off_weights
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
    data, weights = split_off_weights(table([1, 0, 2.5]), "weight")
    assert isinstance(data, Table)
    assert [column.name for column in data.columns] == ["age"]
    assert weights.tolist() == [1, 0, 2.5]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -2], "rows.csv, row 2, column 'weight': got -2 as the weight of a sample, expected"),
        ([np.nan, 1], "rows.csv, row 1, column 'weight': got no value as the weight of a sample"),
        ([0, 0], "got the weight 0 for every sample, expected at least one above 0. Give other"),
    ],
)
def test_weights_that_can_not_be_used_are_refused(weights: list[float], message: str) -> None:
    with pytest.raises(InputError) as told:
        split_off_weights(table(weights), "weight")
    assert message in str(told.value)


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'weight'"):
        split_off_weights(table([1, 2]), "wieght")


def test_pictures_have_no_column_of_weights() -> None:
    with pytest.raises(InputError, match="pictures, which have no columns; expected a table"):
        split_off_weights(Images("digits", np.zeros((2, 3, 3), np.uint8), None), "weight")
