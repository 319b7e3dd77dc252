"""The run folder: everything about a run in open formats, written while it goes on."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.training import run_folder
from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load
from chainrule.training.run_config import RunConfig
from chainrule.training.run_folder import RunFolder
from chainrule.training.train import Run
from tests.training import toys

CONFIG = RunConfig({"epochs": 3, "layers": [8], "target": "preis in €", "split": [0.7, 0.15, 0.15]})


def run_in(path: Path, **settings: Any) -> Run:
    folder = RunFolder(path, CONFIG)
    run = toys.run("regression", watch=folder, **settings)
    folder.finished(run)
    return run


@pytest.fixture
def every_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of milliseconds would have one checkpoint otherwise."""
    monkeypatch.setattr(run_folder, "SECONDS_BETWEEN_CHECKPOINTS", 0)


def test_nothing_exists_before_training_begins(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / "first", CONFIG)
    assert list(tmp_path.iterdir()) == []
    folder.started()
    assert (tmp_path / "runs" / "first" / "config.toml").is_file()


def test_a_run_that_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run_in(tmp_path / "run", batch_size=1000)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError) as error:
        RunFolder(tmp_path, CONFIG)
    assert str(error.value) == (
        f"{tmp_path}: got a path that exists already, expected a new folder for the run. Choose "
        "another with --out, or move it away."
    )
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(InputError, match="got a path that exists already"):
        RunFolder(tmp_path / "run", CONFIG)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    run_in(tmp_path, epochs=1)
    assert (tmp_path / "model.safetensors").is_file()


def test_a_finished_run_has_these_files(tmp_path: Path) -> None:
    run_in(tmp_path, epochs=2)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {
        *("config.toml", "metrics.jsonl", "model.safetensors", "test.json"),
        str(Path("checkpoints") / "best.safetensors"),
    }


def test_the_configuration_is_toml(tmp_path: Path) -> None:
    run_in(tmp_path, epochs=1)
    assert tomllib.loads((tmp_path / "config.toml").read_text(encoding="utf-8")) == CONFIG.as_toml()


def test_metrics_are_a_line_an_epoch_and_equal_the_history(tmp_path: Path) -> None:
    run = run_in(tmp_path, epochs=4)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == run.history
    assert len(lines) == 4


def test_each_epoch_is_on_the_disk_when_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "run"

    class Looks(RunFolder):
        def epoch(self, record: Record, model: Model, best: bool) -> None:
            super().epoch(record, model, best)
            seen.append(len((path / "metrics.jsonl").read_text().splitlines()))

    seen: list[int] = []
    toys.run("regression", watch=Looks(path, CONFIG), epochs=3)
    assert seen == [1, 2, 3]


@pytest.mark.usefixtures("every_checkpoint")
def test_the_checkpoint_is_a_model_with_the_best_weights(tmp_path: Path) -> None:
    run = run_in(tmp_path, epochs=20, learning_rate=0.2, patience=0)
    assert run.best is not run.history[-1]
    checkpoint = load(tmp_path / "checkpoints" / "best.safetensors")
    assert checkpoint.parameters.weights.equal(run.model.parameters.weights)


@pytest.mark.usefixtures("every_checkpoint")
def test_without_validation_samples_the_checkpoint_has_the_last_weights(tmp_path: Path) -> None:
    run = run_in(tmp_path, epochs=3, split=(0.8, 0, 0.2))
    checkpoint = load(tmp_path / "checkpoints" / "best.safetensors")
    assert checkpoint.parameters.weights.equal(run.model.parameters.weights)


def test_checkpoints_are_seconds_apart(tmp_path: Path) -> None:
    first_epoch = run_in(tmp_path / "one", epochs=1).model.parameters.weights
    run_in(tmp_path / "many", epochs=3)
    checkpoint = load(tmp_path / "many" / "checkpoints" / "best.safetensors")
    assert checkpoint.parameters.weights.equal(first_epoch)


def test_the_model_of_the_folder_is_the_model_of_the_run(tmp_path: Path) -> None:
    run = run_in(tmp_path, epochs=2)
    data = toys.table("regression", seed=7)
    assert load(tmp_path / "model.safetensors").predict(data).equal(run.model.predict(data))


def test_scores_are_those_of_the_run(tmp_path: Path) -> None:
    run = run_in(tmp_path, epochs=2)
    scores = json.loads((tmp_path / "test.json").read_text())
    assert (scores["test"], scores["baseline"]) == (run.test, run.baseline)
    assert (scores["best_epoch"], scores["stopped"]) == (run.best["epoch"], "epochs")
    assert scores["samples"] == {"training": 70, "validation": 15, "test": 15}
