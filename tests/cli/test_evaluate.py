"""chainrule evaluate: scores on fresh labelled data, with their intervals, in text and JSON."""

import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, mean_absolute_error

from chainrule.data.reading.read import read
from chainrule.training.model.model_file import load
from tests.cli.conftest import ROWS, Call

FEW = ("--resamples", "40")


def evaluated(call: Call, *arguments: object) -> dict[str, Any]:
    called = call("evaluate", *arguments, "--json", *FEW)
    assert called.status == 0, called.err
    evaluation: dict[str, Any] = json.loads(called.out)
    return evaluation


def test_scores_are_those_of_the_predictions(call: Call, runs: Path) -> None:
    evaluation = evaluated(call, runs / "numbers", runs / "priced.csv")
    predictions = load(runs / "numbers" / "model.safetensors").predict(read(runs / "priced.csv"))
    truth = [a * 3 + 10 for a, _, _ in ROWS]
    assert evaluation["scores"]["mae"] == pytest.approx(
        mean_absolute_error(truth, predictions[:, 0].numpy())
    )
    assert (evaluation["data"], evaluation["rows"], evaluation["target"]) == (
        "priced.csv",
        60,
        "price",
    )


def test_the_test_scores_of_the_run_are_included(call: Call, runs: Path) -> None:
    evaluation = evaluated(call, runs / "classes", runs / "good.csv")
    test = json.loads((runs / "classes" / "test.json").read_text())["test"]
    assert evaluation["test"] == test


def test_of_a_model_without_its_run_there_is_no_test(call: Call, runs: Path) -> None:
    model = runs / "classes" / "model.safetensors"
    assert evaluated(call, model, runs / "good.csv")["test"] == {}


def test_the_confusion_matrix_sums_to_the_accuracy(call: Call, runs: Path) -> None:
    evaluation = evaluated(call, runs / "classes", runs / "good.csv")
    predictions = load(runs / "classes" / "model.safetensors").predict(read(runs / "good.csv"))
    labels = ["abc"[place] for place in predictions.argmax(1).tolist()]
    right = np.trace(np.array(evaluation["confusion"]))
    assert right / 60 == pytest.approx(accuracy_score([b for _, b, _ in ROWS], labels))


def test_text_has_score_interval_test_and_baseline(call: Call, runs: Path) -> None:
    called = call("evaluate", runs / "classes", runs / "good.csv", *FEW)
    lines = called.out.splitlines()
    head = next(line for line in lines if "baseline" in line)
    assert re.split(r" {3,}", head) == ["", "score", "95 % interval", "test of the run", "baseline"]
    evaluation = evaluated(call, runs / "classes", runs / "good.csv")
    low, high = evaluation["intervals"]["accuracy"]
    accuracy = next(line for line in lines if line.startswith("accuracy"))
    assert f"{low:.4f} to {high:.4f}" in accuracy


def test_text_has_the_confusion_matrix_or_the_errors(call: Call, runs: Path) -> None:
    classes = call("evaluate", runs / "classes", runs / "good.csv", *FEW).out
    assert "Confusion matrix: rows are true classes" in classes
    numbers = call("evaluate", runs / "numbers", runs / "priced.csv", *FEW).out
    assert "Errors, predicted - true" in numbers
    assert "mean" in numbers


def test_out_has_the_json_in_addition_to_the_text(call: Call, runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "fresh.json"
    called = call("evaluate", runs / "numbers", runs / "priced.csv", "--out", out, *FEW)
    assert "95 % interval" in called.out
    assert json.loads(out.read_text()) == evaluated(call, runs / "numbers", runs / "priced.csv")


def test_the_truth_may_have_another_name(call: Call, runs: Path, tmp_path: Path) -> None:
    text = (runs / "priced.csv").read_text().replace("price", "sold for", 1)
    (tmp_path / "sold.csv").write_text(text)
    evaluation = evaluated(call, runs / "numbers", tmp_path / "sold.csv", "--target", "sold for")
    assert evaluation["scores"] == evaluated(call, runs / "numbers", runs / "priced.csv")["scores"]


def test_rows_may_come_from_the_standard_input(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (runs / "priced.csv").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert evaluated(call, runs / "numbers", "-")["rows"] == 60


def test_scores_on_the_rows_that_were_learned_from_do_not_pass_for_honest(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    notes = evaluated(call, runs / "numbers", runs / "priced.csv")["notes"]
    note = "priced.csv: the model was trained on rows of this file, so these scores are too good"
    assert str(notes[-1]).startswith(note)
    copy = tmp_path / "copy.csv"
    copy.write_text((runs / "priced.csv").read_text())
    assert "copy.csv: the model was trained on rows of this file" in str(
        evaluated(call, runs / "numbers", copy)["notes"]
    )
    copy.write_text("".join((runs / "priced.csv").read_text().splitlines(keepends=True)[:-1]))
    assert evaluated(call, runs / "numbers", copy)["notes"] == []


def test_a_leak_in_the_test_of_the_run_is_a_note(call: Call, runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "numbers", tmp_path / "run")
    file = tmp_path / "run" / "test.json"
    leak = "priced.csv: rows of the test are copies of training rows"
    file.write_text(json.dumps({**json.loads(file.read_text()), "leaks": [leak]}))
    notes = evaluated(call, tmp_path / "run", runs / "good.csv", "--target", "price")["notes"]
    assert f"the test of the run: {leak}" in notes


def test_the_same_seed_gives_the_same_intervals(call: Call, runs: Path) -> None:
    data = (runs / "numbers", runs / "priced.csv")
    assert evaluated(call, *data) == evaluated(call, *data)
    assert evaluated(call, *data)["intervals"] != evaluated(call, *data, "--seed", "1")["intervals"]


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (("text.csv",), ("got the target 'price'", "expected one of its columns", "'size'")),
        (("kinds.csv", "--target", "kind"), ("no column 'size'", "expected all", "Add what")),
        (("no-target.csv",), ("got no value in all 60 rows", "expected the target", "Fill them")),
        (("good.csv", "--resamples", "5"), ("got '5'", "expected a whole number", "such as 1000")),
        (("good.csv", "--out", "no/x.json"), ("does not exist", "expected a file", "Make the")),
    ],
    ids=lambda value: " ".join(value),
)
def test_invalid_input_is_refused_with_status_2(
    call: Call,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    fragments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(runs)
    called = call("evaluate", "numbers", *arguments)
    assert called.status == 2
    assert called.out == ""
    for fragment in fragments:
        assert fragment in called.err


def test_an_unknown_class_is_refused_with_its_row(call: Call, runs: Path, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("size,kind,price\n0.5,a,1\n0.5,d,1\n")
    called = call("evaluate", runs / "classes", tmp_path / "new.csv")
    assert called.status == 2
    assert "new.csv, row 2, column 'kind': got the unknown class 'd'" in called.err


def test_a_row_of_weight_0_counts_as_none_and_one_of_weight_3_as_three(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    head, *rows = (runs / "priced.csv").read_text().splitlines()
    weights = [0 if number % 5 == 0 else 1 + number % 3 for number in range(len(rows))]
    weighted = [f"{row},{weight}" for row, weight in zip(rows, weights, strict=True)]
    (tmp_path / "weighted.csv").write_text("\n".join([f"{head},count", *weighted]) + "\n")
    copies = [row for row, weight in zip(rows, weights, strict=True) for _ in range(weight)]
    (tmp_path / "copies.csv").write_text("\n".join([head, *copies]) + "\n")
    option = ("--sample-weight", "count")
    ours = evaluated(call, runs / "numbers", tmp_path / "weighted.csv", *option)
    theirs = evaluated(call, runs / "numbers", tmp_path / "copies.csv")
    assert ours["rows"] == 48
    for part in ("scores", "baseline", "errors"):
        assert ours[part] == pytest.approx(theirs[part], rel=1e-6, abs=1e-9)
    assert ours["notes"][-2:] == [
        "weighted.csv, column 'count': 12 rows of weight 0 are left out, such as weighted.csv, "
        "row 1",
        "weighted.csv: the scores are weighted by the column 'count'",
    ]
