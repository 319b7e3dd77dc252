"""Equal samples are one with the sum of their weights, in whatever order they come."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.table import Column, Table
from chainrule.estimators.equal_samples import merge_equal_samples


def table(numbers: list[float], texts: list[str | None]) -> Table:
    categories = np.array([*texts, None], dtype=object)[:-1]
    columns = (Column("size", np.array(numbers, dtype=np.float64)), Column("colour", categories))
    return Table("X", columns, target=None)


def test_samples_are_equal_if_all_columns_and_targets_are() -> None:
    rows, weights = merge_equal_samples(
        table([1, 1, 1, 2], ["red", "red", "blue", "red"]),
        np.array([[0.0], [0.0], [0.0], [0.0]]),
        np.array([1.0, 2.0, 4.0, 8.0]),
    )
    assert dict(zip(rows.tolist(), weights.tolist(), strict=True)) == {0: 3.0, 2: 4.0, 3: 8.0}


def test_samples_of_another_target_stay_apart() -> None:
    rows, _ = merge_equal_samples(
        table([1, 1], ["red", "red"]), np.array([[0.0], [1.0]]), np.ones(2)
    )
    assert sorted(rows.tolist()) == [0, 1]


def test_missing_values_are_equal_to_each_other_and_to_nothing_else() -> None:
    samples = table([np.nan, np.nan, 1, 1], ["", "", None, "None"])
    rows, weights = merge_equal_samples(samples, np.zeros((4, 1)), np.ones(4))
    assert sorted(rows.tolist()) == [0, 2, 3]
    assert weights.sum() == 4


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_samples_come_does_not_matter(seed: int) -> None:
    samples = table([3, 1, 2, 1], ["a", "b", "a", "b"])
    order = np.random.default_rng(seed).permutation(4)
    targets, weights = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    rows, sums = merge_equal_samples(samples, targets, weights)
    others, other_sums = merge_equal_samples(samples.take(order), targets[order], weights[order])
    assert samples.columns[0].values[rows].tolist() == [1, 2, 3]
    assert samples.columns[0].values[order][others].tolist() == [1, 2, 3]
    assert sums.tolist() == other_sums.tolist()
