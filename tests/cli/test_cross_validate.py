"""chainrule cross-validate: a table of the folds, with their mean and the baseline."""

import json
from pathlib import Path

from tests.cli.conftest import QUICK, Call, contents

CLASSES = ("cross-validate", "good.csv", "--target", "kind", *QUICK)
NUMBERS = ("cross-validate", "priced.csv", "--target", "price", *QUICK)


def test_the_table_has_a_row_for_each_fold_then_mean_deviation_and_baseline(
    call: Call, files: Path
) -> None:
    called = call(*CLASSES, "--folds", 3)
    assert called.status == 0
    head, *rows = called.out.splitlines()[1:8]
    assert head.split("  ")[0] == "fold"
    assert "balanced accuracy" in head
    titles = [row.split()[0] for row in rows]
    assert titles == ["1", "2", "3", "mean", "deviation", "baseline"]
    assert [row.split()[-1] for row in rows[:3]] == ["20", "20", "20"]
    assert "trained on 33 samples of the other folds and validated on 7 others.\n" in called.out


def test_numbers_have_their_own_scores(call: Call, files: Path) -> None:
    out = call(*NUMBERS).out
    assert "rmse                mae                 r2  samples" in out
    assert "\n5 " in out


def test_the_result_as_json_has_all_scores_of_each_fold(call: Call, files: Path) -> None:
    result = json.loads(call(*CLASSES, "--folds", 4, "--json").out)
    scores = [fold["test"]["accuracy"] for fold in result["folds"]]
    assert len(scores) == 4
    assert abs(result["mean"]["accuracy"] - sum(scores) / 4) < 1e-9
    assert result["deviation"].keys() == result["mean"].keys()


def test_it_leaves_nothing_behind(call: Call, files: Path) -> None:
    before = contents(files)
    assert call(*CLASSES).status == 0
    assert contents(files) == before


def test_a_test_file_of_its_own_is_refused(call: Call, files: Path) -> None:
    called = call(*CLASSES, "--test-data", "good.csv")
    assert called.status == 2
    assert "cross-validation tests on each fold of DATA in turn; expected DATA alone." in called.err


def test_folds_that_can_not_be_are_refused(call: Call, files: Path) -> None:
    called = call(*CLASSES, "--folds", 61)
    assert called.status == 2
    assert called.err.startswith("folds: got 61 for 60 rows, expected at least 2")


def test_without_data_an_example_is_given(call: Call, files: Path) -> None:
    called = call("cross-validate")
    assert called.status == 2
    assert "chainrule cross-validate houses.csv --target price" in called.err
