"""Training that diverges after its first epoch: its best weights are kept, and the status is 3."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

# The learning rate rises in the course of the run, until the loss overflows.
LATE = (
    *("--target", "price", "--preset", "plain", "--optimizer", "gradient_descent", "--layers", "8"),
    *("--learning-rate", "5", "--warm-up", "0.9", "--epochs", "60", "--patience", "0"),
)


def test_the_run_is_whole_and_says_so(call: Call, files: Path) -> None:
    trained = call("train", "priced.csv", "--out", "late", *LATE)
    assert trained.status == 3, trained.err
    assert "loss became inf in epoch" in trained.out
    assert "until it diverged in epoch" in trained.out
    assert json.loads((files / "late" / "test.json").read_text())["stopped"] == "diverged"
    assert call("predict", "late", "priced.csv").status == 0
    assert call("report", "late").status == 0
    assert "The weights of epoch" in (files / "late" / "report.html").read_text()


@pytest.mark.usefixtures("files", "no_report")
def test_so_are_members(call: Call) -> None:
    trained = call("train", "priced.csv", "--out", "late", "--members", "2", *LATE)
    assert trained.status == 3, trained.err
    assert "note: member 2: " in trained.out
    assert call("predict", "late", "priced.csv").status == 0


@pytest.mark.usefixtures("files", "no_report")
def test_so_is_a_table_that_is_read_some_rows_at_a_time(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.cli.large_data.estimate_memory", lambda files: 10**15)
    trained = call("train", "priced.csv", "--out", "late", *LATE)
    assert trained.status == 3, trained.err
    assert call("predict", "late", "priced.csv").status == 0


@pytest.mark.usefixtures("files")
def test_folds_are_scored_with_their_best_weights(call: Call) -> None:
    folds = call("cross-validate", "priced.csv", "--folds", "2", *LATE)
    assert folds.status == 3
    assert "The weights of epoch" in folds.out
    assert "mean " in folds.out


@pytest.mark.usefixtures("files")
def test_scores_are_json_without_infinite_numbers(call: Call) -> None:
    trained = call("train", "priced.csv", "--out", "late", "--json", *LATE)
    assert json.loads(trained.out)["diverged"].endswith(" are kept.")
