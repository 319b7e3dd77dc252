"""Runs of earlier versions: config.toml has options alone, and the model has no read options."""

import json
import tomllib
from pathlib import Path

import pytest
import tomli_w

from chainrule.training.run_config import RunConfig
from tests.cli.conftest import Call
from tests.homes import OPTIONS, homes, write_tabs
from tests.training.test_model_file import as_before_version_4

TRAINED = ("--preset", "fast", "--epochs", "2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of the run, and with further rows."""
    folder = tmp_path_factory.mktemp("old")
    write_tabs(homes(100, seed=0), folder / "homes.tsv")
    write_tabs(homes(30, seed=1), folder / "new.tsv")
    return folder


@pytest.fixture
def run(call: Call, folder: Path) -> Path:
    """The folder of a run as earlier versions wrote it; it is trained once."""
    run = folder / "runs" / "homes"
    if not run.exists():
        called = call("train", folder / "homes.tsv", *OPTIONS, *TRAINED, "--out", run)
        assert called.status == 0, called.err
        as_before_version_4(run / "model.safetensors")
        config = RunConfig.of(tomllib.loads((run / "config.toml").read_text()))
        options = {n: v for n, v in config.values.items() if n != "task"} | {"network": "table"}
        (run / "config.toml").write_text(tomli_w.dumps(options))
    return run


def scores_of_the_test(run: Path) -> dict[str, float]:
    scores: dict[str, float] = json.loads((run / "test.json").read_text())["test"]
    return scores


def test_it_is_listed_with_its_preset_and_its_score(call: Call, run: Path) -> None:
    (listed,) = json.loads(call("runs", run.parent, "--json").out)
    assert listed["state"] == "finished"
    assert listed["test"] == scores_of_the_test(run)
    line = call("runs", run.parent).out.splitlines()[1]
    assert line.split()[0] == "homes"
    assert " fast " in line


def test_its_report_is_written_again(call: Call, run: Path) -> None:
    (run / "report.html").unlink()
    called = call("report", run)
    assert called.status == 0, called.err
    assert (run / "report.html").exists()


def test_it_is_evaluated_with_its_test_scores(call: Call, folder: Path, run: Path) -> None:
    options = ("--json", "--resamples", "40", "--missing=-999", "--decimal", ",")
    evaluation = json.loads(call("evaluate", run, folder / "new.tsv", *options).out)
    assert evaluation["test"] == scores_of_the_test(run)
    assert evaluation["rows"] == 30
    notes = json.loads(call("evaluate", run, folder / "homes.tsv", *options).out)["notes"]
    assert "homes.tsv: " in notes[-1]  # most of these rows were trained on


@pytest.mark.usefixtures("no_report")
def test_it_can_be_trained_again(call: Call, run: Path, tmp_path: Path) -> None:
    called = call("train", "--config", run / "config.toml", "--out", tmp_path / "again")
    assert called.status == 0, called.err
    assert scores_of_the_test(tmp_path / "again") == scores_of_the_test(run)
