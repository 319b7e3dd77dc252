"""chainrule train: one call makes a run folder, and says what came of it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.config import load_config
from chainrule.insight.stored_run import stored_run
from tests.cli.conftest import QUICK, Call, contents, csv, idx

pytestmark = pytest.mark.usefixtures("no_report")

CLASSES = ("train", "good.csv", "--target", "kind", *QUICK)
NUMBERS = ("train", "priced.csv", "--target", "price", *QUICK)


def test_a_run_folder_has_all_that_a_run_leaves(runs: Path) -> None:
    assert set(contents(runs / "numbers")) == {
        "checkpoints",
        "checkpoints/best.safetensors",
        "config.toml",
        "curves.png",
        "findings.json",
        "metrics.jsonl",
        "model.safetensors",
        "provenance.json",
        "report.html",
        "test-predictions.csv",
        "test.json",
    }


def test_the_result_says_what_was_learned_and_the_baseline(call: Call, files: Path) -> None:
    called = call(*CLASSES, "--out", "run")
    assert called.status == 0
    assert "Predicts 'kind' as one of 3 classes (task classification)." in called.out
    assert "(42 training, 9 validation, 9 test samples), until all epochs were done" in called.out
    assert "baseline: always predicting the class frequencies" in called.out
    assert "chainrule predict run NEW-DATA" in called.out


def test_the_result_of_a_regression_has_scores_that_fit_a_number(call: Call, files: Path) -> None:
    out = call(*NUMBERS).out
    assert "Predicts 'price' as a number (task regression)." in out
    assert "always predicting the mean" in out
    for score in ("rmse", "mae", "r2", "loss"):
        assert f"\n{score} " in out


def test_progress_is_plain_lines_on_standard_error(call: Call, files: Path) -> None:
    called = call(*CLASSES)
    plan, replaced, work, *epochs = called.err.splitlines()
    assert plan.startswith("preset strong: network realmlp, layers 8, activation selu, ")
    assert replaced == "given in place of the preset's: epochs 2 (256)"
    assert work.startswith("42 samples / 42 in a batch = 1 iteration an epoch, x 2 epochs = 2")
    assert [line.split(":")[0] for line in epochs] == ["epoch 1", "epoch 2"]
    assert "\x1b" not in called.err + called.out
    assert "epoch 1:" not in called.out


def test_progress_stays_plain_where_colour_is_forced_upon_a_file(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in call(*CLASSES).err


def test_the_result_as_json_is_one_value_on_standard_output(call: Call, files: Path) -> None:
    called = call(*CLASSES, "--out", "run", "--json")
    result = json.loads(called.out)
    assert result["folder"] == "run"
    assert result["model"] == "run/model.safetensors"
    assert (result["task"], result["classes"]) == ("classification", ["a", "b", "c"])
    assert result["samples"] == {"training": 42, "validation": 9, "test": 9}
    assert next(iter(result["test"])) == "accuracy"
    assert set(result["test"]) == {*result["baseline"], "loss"}
    assert result["stopped"] == "epochs"
    assert result["best"]["epoch"] in (1, 2)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((*CLASSES, "--metric", "rmse"), "metric: got 'rmse', which the task classification"),
        ((*CLASSES, "--metric", "acuracy"), "Did you mean 'accuracy'?"),
    ],
)
def test_a_metric_that_does_not_fit_is_refused_with_those_that_do(
    call: Call, files: Path, arguments: tuple[str, ...], error: str
) -> None:
    called = call(*arguments, "--out", "run")
    assert called.status == 2
    assert error in called.err
    assert "balanced_accuracy" in called.err
    assert not (files / "run").exists()


def test_the_metric_comes_first_and_is_kept_in_the_files_of_the_run(
    call: Call, files: Path
) -> None:
    called = call(*CLASSES, "--metric", "auc", "--out", "run")
    assert called.status == 0, called.err
    assert "the last epoch with the highest validation roc auc is kept" in called.err
    assert called.out.split("baseline\n")[1].startswith("roc auc ")
    record = json.loads((files / "run" / "metrics.jsonl").read_text().splitlines()[0])
    assert "validation_roc_auc" in record
    assert 'metric = "roc_auc"' in (files / "run" / "config.toml").read_text()


def test_scores_in_small_units_have_digits(call: Call, files: Path) -> None:
    head, *rows = Path("priced.csv").read_text().splitlines()
    place = head.split(",").index("price")
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[place] = f"{float(row[place]) * 1e-9:.6e}"
    Path("small.csv").write_text("\n".join([head, *map(",".join, cells)]) + "\n")
    called = call("train", "small.csv", "--target", "price", *QUICK, "--out", "run")
    assert called.status == 0, called.err
    for line in (called.out, call("runs", ".").out, call("evaluate", "run", "small.csv").out):
        assert re.search(r"rmse +\d\.\d\de-\d\d", line), line


def test_members_are_trained_at_once_and_tested_together_and_alone(call: Call, files: Path) -> None:
    called = call(*CLASSES, "--members", 3, "--out", "run")
    assert called.status == 0
    assert "(each on 42 training and 9 validation samples; 9 test samples), until" in called.out
    (alone,) = [line for line in called.out.splitlines() if "of each member alone" in line]
    assert len(alone.split(":")[1].split(",")) == 3
    lines = (files / "run" / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == 3 * 2
    assert len(call("predict", "run", "good.csv").out.splitlines()) == 61


def test_the_configuration_of_an_ensemble_gives_the_same_members_bit_for_bit(
    call: Call, files: Path
) -> None:
    assert call(*NUMBERS, "--members", 2, "--out", "first").status == 0
    assert stored_run(files / "first").config.given["members"] == 2
    assert call("train", "--config", "first/config.toml", "--out", "again").status == 0
    models = [(files / run / "model.safetensors").read_bytes() for run in ("first", "again")]
    assert models[0] == models[1]


def test_the_result_as_json_has_the_scores_of_each_member(call: Call, files: Path) -> None:
    result = json.loads(call(*CLASSES, "--members", 2, "--json").out)
    assert [one.keys() for one in result["members"]] == [result["test"].keys()] * 2


def test_without_test_samples_the_result_says_so(call: Call, files: Path) -> None:
    out = call(*NUMBERS, "--split", "0.8,0.2,0").out
    assert "Not tested: there are no test samples. Use --test-data" in out


def test_rows_without_a_target_are_left_out_and_counted(call: Call, files: Path) -> None:
    out = call("train", "gaps.csv", "--target", "price", *QUICK).out
    assert "note: gaps.csv: 6 rows without a value of the target 'price' left out" in out


def test_a_run_without_a_name_goes_below_runs_and_two_at_once_do_not_collide(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.strftime", lambda _: "20250131-120000")
    assert call(*CLASSES).status == call(*CLASSES).status == 0
    assert {path.name for path in (files / "runs").iterdir()} == {
        "good-20250131-120000",
        "good-20250131-120000-2",
    }


def test_the_configuration_of_a_run_gives_the_same_model_bit_for_bit(
    call: Call, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # paths in it do not depend on where it is run
    assert call("train", "--config", runs / "numbers" / "config.toml", "--out", "again").status == 0
    first, again = runs / "numbers", tmp_path / "again"
    for name in ("model.safetensors", "config.toml"):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_options_win_over_the_file(call: Call, runs: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    config = runs / "numbers" / "config.toml"
    assert call("train", "--config", config, "--seed", 5, "--layers", "", "--out", run).status == 0
    assert stored_run(run).config.given == {
        **stored_run(runs / "numbers").config.given,
        "seed": 5,
        "layers": [],
    }


def test_epochs_that_are_given_win_over_the_iterations_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("iterations = 1000\n")
    assert load_config({"epochs": "3"}, file).iterations is None
    assert load_config({"seed": "3"}, file).iterations == 1000


def test_a_file_named_like_the_target_column_is_not_taken_for_labels(
    call: Call, files: Path
) -> None:
    (files / "kind").write_text("nothing")
    assert call(*CLASSES, "--test-data", "good.csv").status == 0


def test_a_file_with_the_name_of_the_target_column_does_not_change_the_configuration(
    call: Call, files: Path
) -> None:
    (files / "kind").write_text("nothing")
    assert call(*CLASSES, "--out", "run").status == 0
    assert stored_run(files / "run").config.given["target"] == "kind"


def test_the_configuration_names_a_file_of_labels_by_its_whole_path(
    call: Call, files: Path
) -> None:
    (files / "pictures").write_bytes(idx(np.arange(60 * 16).reshape(60, 4, 4) % 251))
    (files / "labels").write_bytes(idx(np.arange(60) % 3))
    trained = call("train", "pictures", "--target", "labels", *QUICK, "--out", "run")
    assert trained.status == 0
    target = stored_run(files / "run").config.given["target"]
    assert target == str((files / "labels").resolve())


def test_pictures_are_learned_with_labels_found_by_name_or_given(call: Call, files: Path) -> None:
    pictures, labels = np.arange(60 * 16).reshape(60, 4, 4) % 251, np.arange(60) % 3
    (files / "train-images-idx3-ubyte").write_bytes(idx(pictures))
    (files / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    (files / "other").write_bytes(idx(2 - labels))
    called = call("train", "train-images-idx3-ubyte", *QUICK, "--out", "run")
    assert called.status == 0
    assert "one of 3 classes" in called.out
    assert call("train", "train-images-idx3-ubyte", "--target", "other", *QUICK).status == 0
    predicted = call("predict", "run", "train-images-idx3-ubyte").out.splitlines()
    assert len(predicted) == 61
    called = call("predict", "run", "good.csv")
    assert (called.status, called.out) == (2, "")
    assert "got a table, expected pictures" in called.err


def test_an_interruption_before_the_first_epoch_leaves_nothing(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("chainrule.training.loop.loop.Loop._train_epoch", interrupted)
    called = call(*CLASSES, "--out", "new/run")
    assert called.status == 130
    assert called.err.endswith("Interrupted before the first epoch ended: nothing was saved.\n")
    assert not (files / "new").exists()


def test_a_folder_that_was_there_and_empty_is_still_there_after_a_run_that_diverged(
    call: Call, files: Path
) -> None:
    (files / "mine").mkdir()
    called = call(*NUMBERS, "--preset", "plain", "--learning-rate", "1e30", "--out", "mine")
    assert called.status == 2
    assert contents(files / "mine") == {}


def test_semicolons_between_values_need_no_option(call: Call, files: Path) -> None:
    rows = [(f"{i / 10}", i % 2) for i in range(40)]
    (files / "wine.csv").write_text(csv(["alcohol", "red"], rows).replace(",", ";"))
    assert (
        "as one of 2 classes (task binary)"
        in call("train", "wine.csv", "--target", "red", *QUICK).out
    )
