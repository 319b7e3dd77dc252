"""Tests of a copy that has the extensions: what is found by itself, once their code is there.

Each case bears the name of an extension. `test_add_your_own.py` runs them, in the copy alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import chainrule as cr
from chainrule.cli import main
from chainrule.cli.config import Config, load_config
from chainrule.cli.methods import method_kinds
from chainrule.data.inspection.problems import problems
from chainrule.data.read_options import ReadOptions
from chainrule.errors import InputError
from chainrule.insight.findings import RULES
from chainrule.insight.report.page import SECTIONS
from chainrule.options import Options, validate
from chainrule.training.settings.settings import Settings
from tests.data.columns import numbers, table
from tests.data.read_as import read_table
from tests.extensions import EXTENSIONS
from tests.training import toys

LISTED = [(extension.listed, extension.name) for extension in EXTENSIONS if extension.listed]


@pytest.mark.parametrize(("kind", "name"), LISTED)
def test_found_by_methods(kind: str, name: str) -> None:
    assert method_kinds()[kind].methods[name].sentence


def test_found_by_read_arff(tmp_path: Path) -> None:
    (tmp_path / "toy.data").write_text("@relation toy\n@data\n1,2\n3,4\n")
    assert read_table(tmp_path / "toy.data", target="1").column("0").values.tolist() == [1, 3]


def test_found_by_the_report_seeds() -> None:
    assert "seeds" in SECTIONS


def test_found_by_findings__exploded() -> None:
    assert "_exploded" in [rule.__name__ for rule in RULES]


def test_found_by_inspect_long_names() -> None:
    assert "long_name" in [p.kind for p in problems(table(numbers(101 * "x", 1, 2)), None)]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("train", "least_epochs"),
        ("cross-validate", "least_epochs"),
        ("range-test", "least_epochs"),
        *((command, "greyscale") for command in ("train", "inspect", "predict", "evaluate")),
        ("predict", "quiet"),
    ],
)
def test_found_by_help(
    command: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chainrule", command, "--help-all"])
    with pytest.raises(SystemExit):
        main()
    assert f"--{name.replace('_', '-')} " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("record", "name", "value", "error"),
    [
        (Settings, "least_epochs", 0, "got 0, expected a whole number of at least 1, such as 5"),
        (ReadOptions, "greyscale", 3, "got 3, expected true or false, such as true"),
    ],
)
def test_found_by_errors(record: type[Options], name: str, value: object, error: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: {error}"):
        validate(record, {name: value})


@pytest.mark.parametrize(("name", "value"), [("least_epochs", 5), ("greyscale", True)])
def test_found_in_files(name: str, value: Any, tmp_path: Path) -> None:
    file = tmp_path / "options.toml"
    file.write_text(f"{name} = {str(value).lower()}\n")
    assert getattr(load_config({}, file), name) == value
    assert Config(**{name: value}).as_toml() == {name: value}


NEVER_BETTER: Any = {"learning_rate": 1e-30, "patience": 1, "epochs": 9, "progress": False}


def test_found_by_train_least_epochs() -> None:
    options: Any = {**NEVER_BETTER, "least_epochs": 5}
    run = cr.train(toys.network("binary"), toys.table("binary"), **options)
    assert len(run.history) == 5


def test_found_by_sweep_least_epochs() -> None:
    trials = [{"least_epochs": 3}, {"least_epochs": 4}]
    swept = cr.sweep(toys.network("binary"), toys.table("binary"), trials, **NEVER_BETTER)
    runs = [trial.run for trial in swept if trial.run is not None]
    assert [len(run.history) for run in runs] == [3, 4]
    assert runs[0].model.preparation is runs[1].model.preparation  # they share their samples


def test_found_by_read_greyscale(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / name / "1.png")
    options: Any = {"greyscale": True}
    pictures = cr.read(tmp_path, **options)
    assert isinstance(pictures, cr.Images)
    assert pictures.pixels.shape == (2, 8, 8)


def test_found_by_predict_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    network, rows = toys.network("binary"), toys.table("binary")
    cr.save(cr.train(network, rows, epochs=1, progress=False).model, "model.safetensors")
    (tmp_path / "rows.csv").write_text("a,b,c,d\n1,2,3,4\n")
    errors = []
    for options in ([], ["--quiet"]):
        monkeypatch.setattr(
            sys, "argv", ["chainrule", "predict", "model.safetensors", "rows.csv", *options]
        )
        with pytest.raises(SystemExit):
            main()
        errors.append(capsys.readouterr().err)
    assert "the model does not need" in errors[0]
    assert errors[1] == ""
