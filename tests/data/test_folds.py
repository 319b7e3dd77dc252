"""Folds: every row in one of them, classes dealt evenly."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.folds import fold_rows
from chainrule.data.table import Column
from chainrule.errors import InputError


@given(
    classes=st.lists(st.sampled_from("aabc"), min_size=2, max_size=60),
    folds=st.integers(2, 10),
    seed=st.integers(0, 100),
)
def test_each_row_is_in_one_fold_and_folds_differ_by_one_row_in_each_class(
    classes: list[str], folds: int, seed: int
) -> None:
    values = np.array(classes, dtype=object)
    folds = min(folds, len(values))
    parts = fold_rows(Column("y", values), "classification", folds, seed)
    assert np.sort(np.concatenate(parts)).tolist() == list(range(len(values)))
    assert all((np.diff(rows) > 0).all() for rows in parts)
    for of in [np.ones(len(values), dtype=bool), *(values == each for each in "abc")]:
        counts = [int(of[rows].sum()) for rows in parts]
        assert max(counts) - min(counts) <= 1


def numbers(rows: int) -> Column:
    return Column("y", np.arange(float(rows)))


def test_the_seed_decides_which_rows_a_fold_has() -> None:
    first, again, other = (fold_rows(numbers(20), "regression", 4, seed) for seed in (1, 1, 2))
    assert [rows.tolist() for rows in first] == [rows.tolist() for rows in again]
    assert [rows.tolist() for rows in first] != [rows.tolist() for rows in other]


@pytest.mark.parametrize("folds", [1, 0, -2, 21])
def test_a_number_of_folds_that_can_not_be_is_refused(folds: Any) -> None:
    with pytest.raises(InputError) as error:
        fold_rows(numbers(20), "regression", folds, seed=0)
    assert str(error.value) == (
        f"folds: got {folds} for 20 rows, expected at least 2 and at most one for each row. "
        "Usual are 5 or 10."
    )
