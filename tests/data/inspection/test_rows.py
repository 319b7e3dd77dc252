"""Finders that look at whole rows and at classes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.columns.task import infer_task
from chainrule.data.dataset import Images
from chainrule.data.inspection.contradicting_rows import contradicting_rows
from chainrule.data.inspection.duplicated_rows import duplicated_rows
from chainrule.data.inspection.rare_classes import rare_classes
from chainrule.data.reading.read import read
from chainrule.data.splits import split_rows
from chainrule.data.table import Column, Table
from tests.data.columns import numbers, table, texts
from tests.data.read_as import read_table


def rows(*values: float, target: Column | None = None) -> Table:
    return table(numbers("x", *values), target=target or numbers("y", *values))


def test_rows_that_differ_are_no_copies() -> None:
    assert duplicated_rows(rows(1, 2, 3)) == []
    assert duplicated_rows(rows(1, 1, target=texts("y", "a", "b"))) == []


def test_copies_are_counted_with_those_that_a_random_split_would_test_and_learn() -> None:
    # 100 pairs: each row is in the test with 0.15, and the other then in training with 0.7.
    (problem,) = duplicated_rows(rows(*range(100), *range(100)))
    assert "100 rows of 200 are copies of an earlier one." in problem.message
    assert f"about {200 * 0.15 * 0.7:.0f} of 30 test rows are in training, too" in problem.message
    assert "--duplicates together" in problem.remedy


@given(sizes=some.lists(some.integers(1, 6), min_size=40, max_size=60), seed=some.integers(0, 99))
def test_the_expected_number_is_near_that_of_a_real_split(sizes: list[int], seed: int) -> None:
    values = np.repeat(np.arange(float(len(sizes))), sizes)
    data = rows(*values)
    assert data.target is not None
    split = split_rows(data.target, "regression", (0.7, 0.15, 0.15), seed)
    known = np.isin(values[split.test], values[split.train]).sum()
    found = duplicated_rows(data)
    expected = float(found[0].message.split("about ")[1].split(" ")[0]) if found else 0
    assert abs(known - expected) < 5 * np.sqrt(len(values))  # five deviations, generously


def test_pictures_are_copies_if_all_pixels_are_and_the_class() -> None:
    pixels = np.zeros((4, 2, 2), np.uint8)
    (problem,) = duplicated_rows(Images("p", pixels, texts("class", "a", "a", "b", "b")))
    assert "2 pictures of 4 are copies" in problem.message


def test_wine_has_the_copies_that_are_known_of_it(real: Path) -> None:
    path = real / "tabular" / "wine-quality" / "winequality-red.csv"
    (problem,) = duplicated_rows(read(path, target="quality"))
    assert "240 rows of 1,599 are copies" in problem.message


def test_equal_inputs_with_different_classes_bound_what_can_be_right() -> None:
    x = [0] * 10 + [1] * 10
    y = texts("y", *"aaaaaaabbb", *"bbbbbbbbbb")
    (problem,) = contradicting_rows(rows(*x, target=y), "binary")
    assert "3 rows of 20 have another target than most rows with the same inputs" in problem.message
    assert "no model can be right in more than 85.0%" in problem.message


def test_numbers_may_differ_where_inputs_are_equal() -> None:
    assert contradicting_rows(rows(1, 1, target=numbers("y", 1, 2)), "regression") == []


def test_inputs_that_differ_contradict_nothing() -> None:
    assert contradicting_rows(rows(1, 2, target=texts("y", "a", "b")), "binary") == []


@pytest.mark.parametrize("file", ["red", "white"])
def test_wines_do_not_contradict_each_other(real: Path, file: str) -> None:
    path = real / "tabular" / "wine-quality" / f"winequality-{file}.csv"
    assert contradicting_rows(read_table(path, target="quality"), "classification") == []


def test_a_class_of_fewer_than_ten_rows_is_told_of() -> None:
    (problem,) = rare_classes(texts("y", *["a"] * 10, *["b"] * 9), "binary")
    assert problem.message.startswith("Class 'b' has 9 of 19 rows: too few to learn")
    assert "merge classes" in problem.remedy


def test_several_rare_classes_are_told_of_at_once_the_rarest_first() -> None:
    target = texts("y", *["a"] * 10, *["b"] * 9, *["c"] * 2)
    (problem,) = rare_classes(target, "classification")
    assert problem.message.startswith("Classes 'c', 'b' have 2, 9 of 21 rows")


def test_classes_of_ten_rows_and_numbers_are_enough() -> None:
    assert rare_classes(texts("y", *"ab" * 10), "binary") == []
    assert rare_classes(numbers("y", 1, 2, 3), "regression") == []


def test_white_wine_has_a_class_of_five_bottles(real: Path) -> None:
    target = read_table(
        real / "tabular/wine-quality/winequality-white.csv", target="quality"
    ).target
    assert target is not None
    (problem,) = rare_classes(target, infer_task(target))
    assert problem.message.startswith("Class '9' has 5 of 4,898 rows")
