"""What is told of the values of a target."""

import numpy as np
import pytest

from chainrule.data.inspection import problems
from chainrule.data.inspection.target_shape import target_shape
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from tests.data.columns import numbers, table, texts

RANDOM = np.random.default_rng(0)
NORMAL = RANDOM.normal(100, 15, 400)
AMOUNTS = np.exp(RANDOM.normal(8, 1.2, 400))


def data_of(target: Column) -> Table:
    return table(numbers("x", *RANDOM.normal(size=len(target))), target=target)


def told(target: Column, task: Task = "regression") -> dict[str, str]:
    return {problem.kind: str(problem) for problem in target_shape(data_of(target), task)}


@pytest.mark.parametrize(
    "values",
    [
        NORMAL,
        RANDOM.uniform(0, 1, 400),
        RANDOM.poisson(3, 400),
        RANDOM.geometric(0.2, 400),
        RANDOM.integers(1, 100, 400),
        RANDOM.exponential(2, 400).round(1)[RANDOM.permutation(400)],
        NORMAL * 1e-9,
        NORMAL * 1e300,
    ],
    ids=["normal", "uniform", "poisson", "geometric", "integers", "exponential", "tiny", "huge"],
)
def test_of_usual_numbers_only_skew_may_be_told(values: np.ndarray) -> None:
    assert set(told(numbers("y", *values.astype(float)))) <= {"skewed_target"}


def test_skew_is_told_with_the_transform_that_suits_the_signs() -> None:
    skewed = told(numbers("y", *AMOUNTS))["skewed_target"]
    assert "try --target-transform log; or auto" in skewed
    assert "--target-transform yeo_johnson" in told(numbers("y", *-AMOUNTS))["skewed_target"]
    zeros = np.where(np.arange(400) % 4 == 0, 0, AMOUNTS)
    assert "and 25% of the rows are 0" in told(numbers("y", *zeros))["skewed_target"]
    assert told(numbers("y", *NORMAL)) == {}


@pytest.mark.parametrize("mark", [-999.0, 99999.0, -1e6])
def test_a_value_that_stands_apart_is_told_with_its_row_and_its_option(mark: float) -> None:
    values = NORMAL.copy()
    values[[6, 30]] = mark
    said = told(numbers("y", *values))
    assert list(said) == ["target_outlier"]
    assert f"is {mark:.0f} in 2 rows (such as t.csv, row 7)" in said["target_outlier"]
    assert said["target_outlier"].endswith(f"--missing={mark:.0f}")


def test_capped_values_are_told() -> None:
    said = told(numbers("y", *NORMAL.clip(max=120)))
    assert list(said) == ["capped_target"]
    rows = int((NORMAL >= 120).sum())
    assert (
        f"{rows} rows ({rows / 400:.1%}) of the target 'y' are exactly 120"
        in (said["capped_target"])
    )
    assert "its smallest value" in told(numbers("y", *NORMAL.clip(min=80)))["capped_target"]


def test_an_imbalance_is_told_with_the_metric_and_the_weights() -> None:
    said = told(texts("y", *(["no"] * 88 + ["yes"] * 12)), "binary")["imbalanced_classes"]
    assert said.startswith("88% of the rows of the target 'y' are 'no'")
    assert "--metric balanced_accuracy" in said
    assert "--class-weight balanced" in said
    assert told(texts("y", *(["no"] * 70 + ["yes"] * 30)), "binary") == {}


def test_numbers_taken_for_classes_are_told_with_the_task() -> None:
    target = numbers("y", *(np.arange(400) % 9))
    said = told(target, "classification")["numbers_as_classes"]
    assert "has 9 different whole numbers in 400 rows, taken for classes" in said
    assert said.endswith("--task regression")
    assert told(texts("y", *("abc" * 40)), "classification") == {}


def test_inspect_lists_them() -> None:
    found = problems(data_of(numbers("y", *AMOUNTS)), "regression")
    assert [problem.kind for problem in found] == ["skewed_target"]
