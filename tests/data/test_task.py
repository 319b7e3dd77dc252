from typing import cast

import numpy as np
import pytest

from chainrule.data.columns.task import check_target, infer_task, infer_task_of
from chainrule.data.dataset import Images
from chainrule.data.inspection.inspect import inspect
from chainrule.data.preparation import Preparation
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from tests.data.columns import numbers, table, texts
from tests.data.conftest import Write
from tests.data.read_as import read_table


def column(*values: float | str | None) -> Column:
    text = any(isinstance(value, str) for value in values)
    return Column("y", np.array(values, object if text else float))


def message(target: Column, task: Task) -> str:
    x = Column("x", np.arange(float(len(target))))
    with pytest.raises(InputError) as error:
        check_target(Table("a.csv", (x,), target), task)
    return str(error.value)


def test_two_texts_are_two_classes() -> None:
    assert infer_task(column("yes", "no", "yes")) == "binary"


def test_more_texts_are_classes() -> None:
    assert infer_task(column("a", "b", "c")) == "classification"


def test_two_numbers_are_two_classes() -> None:
    assert infer_task(column(0.5, 1.5, 0.5)) == "binary"


def test_few_whole_numbers_that_recur_are_classes() -> None:
    assert infer_task(column(*(float(i % 20) for i in range(200)))) == "classification"


@pytest.mark.parametrize(
    "values",
    [
        [float(i % 21) for i in range(2100)],  # too many
        [float(i % 20) for i in range(199)],  # each less than 10 times
        [i % 5 + 0.5 for i in range(500)],  # not whole
    ],
)
def test_other_numbers_are_predicted(values: list[float]) -> None:
    assert infer_task(column(*values)) == "regression"


def test_a_missing_value_is_no_class() -> None:
    assert infer_task(column(1.0, 2.0, np.nan)) == "binary"


def test_a_fit_target_passes() -> None:
    target = column(*"ab" * 5)
    check_target(Table("a.csv", (), target), "binary")
    check_target(Images("i", np.zeros((10, 2, 2), np.uint8), target), "classification")


def test_no_target_is_refused() -> None:
    with pytest.raises(InputError, match=r"got no target, expected the column to be learned. Name"):
        check_target(Table("a.csv", (column(*range(20)),), None), "binary")


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row"), (9, "9 rows")])
def test_fewer_than_ten_rows_are_refused(rows: int, said: str) -> None:
    told = message(column(*("ab" * 5)[:rows]), "binary")
    assert f"a.csv: got {said} with a target, expected at least 10" in told
    assert "Collect more rows." in told


def test_a_constant_target_is_refused() -> None:
    told = message(column(*[3.0] * 12), "regression")
    assert "got the same value '3' in all 12 rows, expected a target that differs" in told
    assert "Choose another column with --target." in told


def test_text_to_be_predicted_as_a_number_is_refused_with_its_row() -> None:
    told = message(column(*"1234567890", "high"), "regression")
    assert "a.csv, row 11, column 'y': got 'high', expected a number." in told
    assert "--task classification" in told


def test_classes_that_are_all_different_are_refused() -> None:
    told = message(column(*"abcdefghijkl"), "classification")
    assert "got 12 classes for 12 rows, all different like names" in told
    assert "expected classes that several rows share. Choose another column" in told


def test_three_classes_are_not_binary() -> None:
    told = message(column(*"abc" * 5), "binary")
    assert "got 3 classes, expected two for the task binary. Use --task classification." in told


def test_a_row_without_a_target_is_refused() -> None:
    told = message(column(*map(float, range(12)), np.nan), "regression")
    assert "got 1 row without a value, expected a target in every row. Leave" in told


def test_an_unknown_task_is_refused() -> None:
    assert "task 'regresion' is not known. Did you mean 'regression'?" in message(
        column(*map(float, range(12))), cast("Task", "regresion")
    )


def test_many_dates_are_no_target_unless_they_are_said_to_be_classes() -> None:
    days = [f"{day}.{month}.2024" for day in range(1, 15) for month in (1, 2)]
    data = table(numbers("x", *range(28)), target=texts("sent", *days))
    with pytest.raises(InputError, match=r"t\.csv, column 'sent': got 28 dates such as") as error:
        infer_task_of(data)
    assert "make each date a class with --task classification" in str(error.value)
    (problem, *_) = inspect(data).problems
    assert problem.kind == "refused"
    few = table(numbers("x", *range(28)), target=texts("sent", *days[:4] * 7))
    assert infer_task_of(few) == "classification"


def test_many_texts_of_numbers_are_no_target_unless_they_are_said_to_be_classes() -> None:
    heights = [f"{feet}' {inch}" + '"' for feet in (4, 5, 6) for inch in range(12)]
    data = table(numbers("x", *range(72)), target=texts("height", *heights * 2))
    with pytest.raises(InputError, match="got 36 different texts such as") as error:
        infer_task_of(data)
    assert "Write plain numbers of one unit, or make each text a class with --task" in str(
        error.value
    )
    (problem, *_) = inspect(data).problems
    assert problem.kind == "refused"
    names = table(numbers("x", *range(72)), target=texts("v", *[f"A{k}" for k in range(36)] * 2))
    assert infer_task_of(names) == "classification"


def test_numbers_that_are_written_in_several_ways_are_as_many_classes(write: Write) -> None:
    values = ["1", "1.0", "2", "2.0"] * 10
    rows = "".join(f"{k},{value}\n" for k, value in enumerate(values))
    data = read_table(write("a.csv", f"x,y\n{rows}"), target="y")
    assert data.target is not None
    assert infer_task_of(data) == "classification"
    (alike,) = [each for each in inspect(data).problems if each.kind == "classes_alike"]
    assert alike.message.startswith("'1', '1.0' of the target 'y' are the same number")


def test_inspect_tells_how_dates_are_read_as_training_does() -> None:
    days = [f"{day}.{month}.2024" for day in range(1, 15) for month in (1, 2)]
    data = table(texts("day", *days), target=numbers("y", *range(28)))
    fitted = Preparation.fit(data, np.arange(28), "regression")
    told = "t.csv: column 'day' is read as day.month.year, for example 13.1.2024 is 2024-01-13"
    assert told in fitted.notes
    assert told in inspect(data).notes
