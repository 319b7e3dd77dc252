"""A run is told of by its folder, in whatever state that is."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from chainrule.insight.stored_run import runs_in, stored_run
from chainrule.training.metrics import METRICS
from chainrule.training.run_config import RunConfig
from chainrule.training.run_folder import RunFolder
from chainrule.training.settings.selection import LOWER_IS_BETTER
from tests.training import toys

CONFIG = RunConfig({"data": "/data/toy.csv", "target": "target", "network": "mlp", "seed": 3})
HIGHER_IS_BETTER = {
    *("r2", "accuracy", "balanced_accuracy", "top_5_accuracy"),
    *("precision", "recall", "f1", "roc_auc", "average_precision"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run."""
    path = tmp_path_factory.mktemp("runs") / "toy"
    folder = RunFolder(path, CONFIG)
    folder.finished(toys.run("binary", watch=folder, epochs=3))
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "toy"))


def test_a_finished_run_tells_all_of_itself(folder: Path) -> None:
    run = stored_run(folder)
    assert (run.state, run.name, run.config, run.epochs) == ("finished", "toy", CONFIG, 3)
    assert run.test == json.loads((folder / "test.json").read_text())["test"]
    assert run.method == "mlp"


def test_when_it_began_survives_a_copy(folder: Path) -> None:
    shutil.copy(folder / "config.toml", folder / "copy")  # with the time of now
    began = json.loads((folder / "test.json").read_text())["began"]
    assert stored_run(folder).began == datetime.fromisoformat(began).astimezone().replace(
        tzinfo=None
    )


def test_members_count_as_many_epochs_as_the_longest_of_them(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "toy", CONFIG)
    folder.finished(toys.run("binary", watch=folder, epochs=2, members=3))
    assert stored_run(tmp_path / "toy").epochs == 2


def test_without_scores_a_run_is_unfinished(folder: Path) -> None:
    (folder / "test.json").unlink()
    run = stored_run(folder)
    assert (run.state, run.epochs, run.test) == ("unfinished", 3, {})


def test_a_last_line_that_a_crash_cut_off_is_no_damage(folder: Path) -> None:
    metrics = folder / "metrics.jsonl"
    metrics.write_text(metrics.read_text()[:-20])
    run = stored_run(folder)
    assert (run.state, run.epochs) == ("finished", 2)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("config.toml", b"data = = 3\n", "config.toml is not valid TOML"),
        ("config.toml", b'data = "caf\xe9"\n', "config.toml is not valid TOML"),
        ("config.toml", None, "config.toml can't be read: No such file or directory"),
        ("test.json", b"{", "test.json is not valid JSON"),
        ("test.json", b"[1]", "test.json is not valid JSON"),
        ("test.json", b"[" * 100_000, "test.json is not valid JSON"),
        ("test.json", b'{"test": {"rmse": "low"}}', "test.json has scores that are not numbers"),
        ("test.json", b'{"seconds": "many"}', "test.json has scores that are not numbers"),
        ("test.json", b'{"began": "now"}', "test.json has no valid start time"),
        ("metrics.jsonl", b"{]\n", "metrics.jsonl is not valid JSON"),
        ("metrics.jsonl", b"\xff\n", "metrics.jsonl is not valid JSON"),
        ("metrics.jsonl", b'{"loss": 1}\n', "metrics.jsonl has records that are not numbers"),
    ],
)
def test_a_damaged_file_is_reported_and_raises_no_error(
    folder: Path, name: str, content: bytes | None, problem: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    run = stored_run(folder)
    assert (run.state, run.problem) == ("damaged", problem)


def test_a_folder_has_the_runs_in_it_and_nothing_else(folder: Path) -> None:
    (folder.parent / "notes").mkdir()
    (folder.parent / "notes.txt").write_text("mine")
    assert [run.name for run in runs_in(folder.parent)] == ["toy"]
    assert [run.name for run in runs_in(folder)] == ["toy"]


def test_of_every_metric_it_is_known_which_score_is_the_better_one() -> None:
    names = {name for metrics in METRICS.values() for name in metrics} | {"loss"}
    assert names == LOWER_IS_BETTER | HIGHER_IS_BETTER
