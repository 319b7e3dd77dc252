"""Duplicates: rows that are equal in every column are found, whatever the columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.dataset import Images
from chainrule.data.reading.read import read
from chainrule.data.splits import first_occurrences, in_training
from chainrule.data.table import Column, Table

Cells = tuple[float, str | None]

cells = some.tuples(
    some.sampled_from([0.0, -0.0, 1.5, float("nan")]), some.sampled_from(["a", "b", None])
)


def table(rows: Sequence[Cells], target: Sequence[float] | None = None) -> Table:
    numbers = np.array([number for number, _ in rows], float)
    names = np.array([name for _, name in rows], dtype=object)
    y = np.zeros(len(rows)) if target is None else np.array(target, float)
    return Table("t.csv", (Column("x", numbers), Column("name", names)), Column("y", y))


@given(rows=some.lists(cells, min_size=1, max_size=30))
def test_each_row_is_told_the_first_one_that_looks_like_it(rows: list[Cells]) -> None:
    look = [(f"{number + 0.0:g}", name) for number, name in rows]  # nan is "nan", -0 is "0"
    assert first_occurrences(table(rows)).tolist() == [look.index(one) for one in look]


def test_rows_that_differ_in_the_target_are_not_equal() -> None:
    rows = [(1.0, "a"), (1.0, "a"), (1.0, "a")]
    assert first_occurrences(table(rows, target=[5, 6, 5])).tolist() == [0, 1, 0]


def test_rows_of_two_tables_are_compared_in_the_columns_that_both_have_in_any_order() -> None:
    training = table([(1.0, "a"), (2.0, "b")])
    x, name = table([(2.0, "b"), (2.0, "a")]).columns
    more = Column("z", np.array([7.0, 8.0]))
    test = Table("test.csv", (name, more, x), Column("y", np.zeros(2)))
    assert in_training(training, test).tolist() == [True, False]


def test_a_number_is_equal_to_the_same_number_as_text() -> None:
    y = Column("y", np.zeros(2))
    numbers = Table("a.csv", (Column("x", np.array([3.0, 4.5])),), y)
    texts = Table("b.csv", (Column("x", np.array(["4.5", "5"], dtype=object)),), y)
    assert in_training(numbers, texts).tolist() == [True, False]


def test_a_column_that_only_numbers_the_rows_hides_no_copy() -> None:
    rows = table([(float(number % 30), "a") for number in range(60)])
    first = np.arange(60) % 30
    numbered = Column("row_id", np.arange(1.0, 61))
    assert (
        first_occurrences(replace(rows, columns=(numbered, *rows.columns))).tolist()
        == first.tolist()
    )
    measured = replace(numbered, name="weight")
    own = np.arange(60)
    assert (
        first_occurrences(replace(rows, columns=(measured, *rows.columns))).tolist() == own.tolist()
    )


def test_pictures_are_equal_in_every_pixel_and_in_the_target() -> None:
    pixels = np.array([[[1, 2]], [[1, 2]], [[1, 3]], [[1, 2]]], np.uint8)
    pictures = Images("p", pixels, Column("y", np.array([0.0, 1.0, 0.0, 0.0])))
    assert first_occurrences(pictures).tolist() == [0, 1, 2, 0]


def test_red_wine_has_the_copies_that_were_counted_when_it_was_read(real: Path) -> None:
    wine = read(real / "tabular" / "wine-quality" / "winequality-red.csv", target="quality")
    first = first_occurrences(wine)
    assert (
        int((first != np.arange(len(wine))).sum()) == 240
    )  # pandas 2: DataFrame.duplicated().sum()
