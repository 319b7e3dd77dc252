"""Overlap: what is in training and in the test is counted, and told where it changes the score."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.splits import overlap_of_groups, overlap_of_rows
from chainrule.data.table import Column, Table


def table(source: str, values: np.ndarray) -> Table:
    return Table(source, (Column("x", values),), Column("y", values * 0.0))


def test_test_rows_that_are_training_rows_are_counted() -> None:
    overlap = overlap_of_rows(
        table("train.csv", np.arange(50.0)), table("test.csv", np.arange(40.0, 80.0))
    )
    assert overlap is not None
    assert overlap.leaks
    assert overlap.sentence == (
        "test.csv: 10 of 40 test rows (25.0%) are also in training, equal in every column: where "
        "they are copies, the test score is too good; keep those of one file in one part with "
        "--duplicates together, or leave them out"
    )


def test_up_to_one_row_in_a_hundred_is_no_leak() -> None:
    training = table("train.csv", np.array([0.0, 1.0]))
    one, two = (overlap_of_rows(training, table("t", np.arange(n, n + 100.0))) for n in (1, 0))
    assert one is not None
    assert two is not None
    assert (one.leaks, two.leaks) == (False, True)
    assert "1 of 100 test rows (1.0%) is also in training" in one.sentence


def test_rows_that_are_all_new_are_no_overlap() -> None:
    assert overlap_of_rows(table("a", np.arange(9.0)), table("b", np.arange(9.0, 20.0))) is None


def test_pictures_are_told_as_pictures() -> None:
    pictures = Images("p", np.zeros((1, 2, 2), np.uint8), Column("y", np.zeros(1)))
    overlap = overlap_of_rows(pictures, pictures)
    assert overlap is not None
    assert "1 of 1 test picture (100.0%) is also in training, equal in every pixel" in (
        overlap.sentence
    )


def groups(*names: str | None) -> Column:
    return Column("patient", np.array(names, dtype=object))


def test_groups_of_the_test_that_training_has_are_counted_once_each() -> None:
    overlap = overlap_of_groups(groups("a", "b", "b"), groups("b", "b", "c", None), "test.csv")
    assert overlap is not None
    assert overlap.leaks
    assert overlap.sentence == (
        "test.csv: 1 of 2 values of 'patient' in the test is also in training: if new data has "
        "new ones, the test score is too good; keep those of one file in one part with --group "
        "patient, or leave them out"
    )


def test_groups_that_are_all_new_are_no_overlap() -> None:
    assert overlap_of_groups(groups("a", None), groups("b", None), "test.csv") is None
