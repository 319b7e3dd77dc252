"""Folds: every row is tested in one of them, classes dealt evenly."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainrule.data.splits import random_folds
from chainrule.data.table import Column
from chainrule.errors import InputError


@given(
    classes=st.lists(st.sampled_from("aabc"), min_size=2, max_size=60),
    folds=st.integers(2, 10),
    seed=st.integers(0, 100),
)
def test_each_row_is_tested_in_one_fold_and_folds_differ_by_one_row_in_each_class(
    classes: list[str], folds: int, seed: int
) -> None:
    values = np.array(classes, dtype=object)
    several = np.array([classes.count(each) > 1 for each in classes])
    assume(several.sum() >= 2)
    folds = min(folds, int(several.sum()))
    made = random_folds(Column("y", values), "classification", folds, seed)
    parts = [fold.test for fold in made]
    assert np.sort(np.concatenate(parts)).tolist() == np.flatnonzero(several).tolist()
    assert all((np.diff(rows) > 0).all() for rows in parts)
    for fold in made:  # the row of a class with one row is in the training of every fold
        assert np.union1d(fold.train, fold.test).tolist() == list(range(len(values)))
        assert not np.intersect1d(fold.train, fold.test).size
    for of in [np.ones(len(values), dtype=bool), *(values == each for each in "abc")]:
        counts = [int(of[rows].sum()) for rows in parts]
        assert max(counts) - min(counts) <= 1


def numbers(rows: int) -> Column:
    return Column("y", np.arange(float(rows)))


def test_a_fold_learns_from_all_rows_that_it_does_not_test() -> None:
    for fold in random_folds(numbers(20), "regression", 3, seed=0):
        assert sorted([*fold.train.tolist(), *fold.test.tolist()]) == list(range(20))


def test_the_seed_decides_which_rows_a_fold_has() -> None:
    first, again, other = (random_folds(numbers(20), "regression", 4, seed) for seed in (1, 1, 2))
    assert [fold.test.tolist() for fold in first] == [fold.test.tolist() for fold in again]
    assert [fold.test.tolist() for fold in first] != [fold.test.tolist() for fold in other]


@pytest.mark.parametrize("folds", [1, 0, -2, 21])
def test_a_number_of_folds_that_can_not_be_is_refused(folds: Any) -> None:
    with pytest.raises(InputError) as error:
        random_folds(numbers(20), "regression", folds, seed=0)
    assert str(error.value) == (
        f"folds: got {folds} for 20 rows, expected at least 2 and at most one for each row. "
        "Usual are 5 or 10."
    )
