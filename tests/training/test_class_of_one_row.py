"""A class that the training rows lack: its test rows are errors, and a note tells them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.training.cross_validation import cross_validate
from chainrule.training.train import Run, train
from tests.training import toys

ROWS = 60
PARTS = np.array(["train", "validation", "test"], object)[np.arange(ROWS) % 3]


def table(labels: dict[int, str]) -> Table:
    """Rows with a group, a day and a part, of two classes except for those that are given."""
    x = np.random.default_rng(0).normal(size=ROWS)
    target = np.array(["a", "b"], object)[np.arange(ROWS) % 2]
    for row, label in labels.items():
        target[row] = label
    columns = (
        Column("x", x),
        Column("group", np.array([f"g{row // 6}" for row in range(ROWS)], object)),
        Column("day", np.arange(float(ROWS))),
        Column("part", PARTS),
    )
    return Table("rare.csv", columns, Column("kind", target))


def trained(data: Table, **settings: Any) -> Run:
    return train("quick", data, epochs=2, progress=False, **settings)


def untold(notes: tuple[str, ...]) -> list[str]:
    return [note for note in notes if "which no training row has" in note]


def test_the_single_row_of_a_class_is_in_the_training_of_every_fold() -> None:
    result = cross_validate("quick", table({7: "rare"}), epochs=2, progress=False)
    assert sum(run.sizes["test"] for run in result.runs) == ROWS - 1
    for run in result.runs:
        assert run.model.preparation.class_names == ("a", "b", "rare")
        assert not untold(run.notes)
        assert (
            "rare.csv, column 'kind': the class 'rare' has one row, which is in the training of "
            "every fold, and never tested"
        ) in run.notes


def test_a_fold_that_tests_a_class_of_a_single_group_says_so() -> None:
    result = cross_validate(
        "quick", table({6: "rare", 7: "rare"}), group="group", epochs=2, progress=False
    )
    assert sum(run.sizes["test"] for run in result.runs) == ROWS
    (number,) = (n for n, run in enumerate(result.runs, start=1) if untold(run.notes))
    run = result.runs[number - 1]
    assert untold(run.notes) == [
        f"rare.csv, fold {number}, column 'kind': 2 test rows are of the class 'rare', which no "
        "training row has, and count as errors; the log loss takes the predicted probability"
    ]
    assert run.confusion is not None
    assert run.confusion[2, 2] == 0
    assert run.confusion[2].sum() == 2
    errors = run.confusion.sum() - run.confusion.diagonal().sum()
    assert run.test["accuracy"] == pytest.approx(1 - float(errors) / run.sizes["test"])


@pytest.mark.parametrize(
    ("settings", "row"), [({"time": "day"}, 59), ({"split_column": "part"}, 2)], ids=str
)
def test_a_class_of_the_test_alone_counts_as_errors(settings: dict[str, Any], row: int) -> None:
    run = trained(table({row: "late"}), **settings)
    assert run.model.preparation.class_names == ("a", "b", "late")
    assert untold(run.notes) == [
        "rare.csv, column 'kind': 1 test row is of the class 'late', which no training row has, "
        "and counts as an error; the log loss takes the predicted probability"
    ]
    assert run.confusion is not None
    assert run.confusion[2, 2] == 0
    assert run.test["log_loss"] < 20  # finite
    assert run.baseline["accuracy"] <= 1 - 1 / run.sizes["test"]


def test_a_class_of_the_validation_alone_is_told() -> None:
    run = trained(table({1: "odd"}), split_column="part")
    assert "1 validation row is of the class 'odd'" in untold(run.notes)[0]


def test_a_class_without_test_rows_is_told() -> None:
    note = "rare.csv, column 'kind': no test row is of the class 'rare', untested by the scores"
    assert note in trained(table({7: "rare"})).notes
    assert not [note for note in trained(table({})).notes if "no test row" in note]


def test_balanced_weights_leave_out_a_class_without_training_rows() -> None:
    run = trained(table({59: "late"}), time="day", class_weight="balanced")
    assert all(np.isfinite(record["training_loss"]) for record in run.history)


def test_training_rows_of_one_class_are_refused() -> None:
    data = table(dict.fromkeys(range(59), "b") | {59: "a"})
    with pytest.raises(InputError) as error:
        trained(data, time="day")
    assert str(error.value) == (
        "rare.csv, column 'kind': got only the class 'b' in the training rows, expected at least "
        "two. Split in another way, such as with another --seed, or give more rows."
    )


def test_a_fold_that_learns_from_one_class_is_scored() -> None:
    late = table(dict.fromkeys(range(50), "b") | dict.fromkeys(range(50, ROWS), "a"))
    result = cross_validate(
        toys.network("binary"), late, time="day", folds=3, epochs=2, progress=False
    )
    assert all("accuracy" in run.test for run in result.runs)
    assert untold(result.runs[-1].notes)
