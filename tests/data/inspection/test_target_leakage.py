from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chainrule.data.columns.task import infer_task
from chainrule.data.inspection import target_leakage
from chainrule.data.table import Column
from tests.data.columns import PENGUINS, numbers, table, texts
from tests.data.read_as import read_table

ROWS = 400
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(size=ROWS)
CLASSES = RANDOM.choice(["dog", "cat", "cow"], ROWS)
Y = RANDOM.normal(size=ROWS)


def leaking(*columns: Column, target: Column) -> list[str]:
    task = infer_task(target)
    return [p.columns[0] for p in target_leakage(table(*columns, target=target), task)]


def test_another_name_for_the_class_gives_it_away() -> None:
    names = texts(
        "name", *np.where(CLASSES == "dog", "hound", np.where(CLASSES == "cat", "k", "b"))
    )
    assert leaking(names, numbers("noise", *NOISE), target=texts("animal", *CLASSES)) == ["name"]


def test_a_number_that_follows_the_class_gives_it_away() -> None:
    code = numbers(
        "code", *(np.where(CLASSES == "dog", 1.0, 2.0) + (CLASSES == "cow") * 5 + NOISE / 99)
    )
    assert leaking(code, target=texts("animal", *CLASSES)) == ["code"]


def test_that_a_value_is_missing_can_give_the_class_away() -> None:
    boat = texts("boat", *(None if c == "dog" else str(i % 7) for i, c in enumerate(CLASSES)))
    drowned = texts("drowned", *np.where(CLASSES == "dog", "yes", "no"))
    assert leaking(boat, numbers("noise", *NOISE), target=drowned) == ["boat"]


@pytest.mark.parametrize("bend", [lambda y: 1.8 * y + 32, np.exp, lambda y: np.round(y, 1)])
def test_the_target_in_another_unit_gives_it_away(
    bend: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    assert leaking(numbers("f", *bend(Y)), target=numbers("c", *Y)) == ["f"]


def test_a_column_that_only_helps_gives_nothing_away() -> None:
    close = numbers("close", *(Y + NOISE / 4))  # of the variance it explains 94 %
    assert leaking(close, target=numbers("y", *Y)) == []


def test_names_that_are_all_different_give_nothing_away() -> None:
    names = texts("name", *(f"{c} {i}" for i, c in enumerate(CLASSES)))
    assert leaking(names, target=texts("animal", *CLASSES)) == []


def test_copies_of_rows_give_nothing_away() -> None:
    twice = numbers("noise", *NOISE, *NOISE)
    assert leaking(twice, target=texts("animal", *CLASSES, *CLASSES)) == []


def test_a_rare_class_is_not_given_away_by_guessing_the_other() -> None:
    rare = np.where(np.arange(ROWS) % 50 == 0, "yes", "no")
    assert leaking(numbers("noise", *NOISE), target=texts("sick", *rare)) == []


def test_of_few_rows_nothing_is_said() -> None:
    few = numbers("x", *range(40))
    assert leaking(few, target=numbers("y", *range(40))) == []


def test_the_score_and_what_to_do_are_told() -> None:
    columns = Column("copy", CLASSES.astype(object)), numbers("noise", *NOISE)
    copied = table(*columns, target=texts("animal", *CLASSES))
    (problem,) = target_leakage(copied, "classification")
    assert "Column 'copy' may leak the target 'animal'" in problem.message
    said = (
        "it predicts 100.0% of the classes; always predicting the most frequent one is right for 3"
    )
    assert said in problem.message
    assert problem.remedy.endswith("leave it out: --drop copy")


def test_adult_tells_the_education_by_its_number_and_nothing_else(real: Path) -> None:
    path = real / "tabular" / "adult" / "adult-train.csv"
    found = target_leakage(read_table(path, target="education"), "classification")
    assert [problem.columns for problem in found] == [("education-num",)]


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("adult/adult-train.csv", "income"),
        ("titanic/titanic.csv", "Survived"),
        ("california-housing/housing.csv", "median_house_value"),
        ("wine-quality/winequality-red.csv", "quality"),
        ("wine-quality/winequality-white.csv", "quality"),
    ],
)
def test_real_tables_give_nothing_away(real: Path, file: str, target: str) -> None:
    data = read_table(real / "tabular" / file, target=target)
    assert data.target is not None
    assert target_leakage(data, infer_task(data.target)) == []


def test_penguins_give_nothing_away() -> None:
    data = read_table(PENGUINS, target="species")
    assert target_leakage(data, "classification") == []
