"""A recipe runs the command in the folder of the data, and says what it said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.recipe import Recipe

RECIPE = Recipe("Prices", "houses.csv --target price")


def put_in_place_of_python(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Have a recipe run a shell script; starting chainrule itself would take seconds."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


def test_a_recipe_gives_what_the_command_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = '{"test": {"rmse": 3.5}, "seconds": 12, "folder": "'
    put_in_place_of_python(monkeypatch, tmp_path, f"echo '{told}'$PWD'\"}}'")
    result = RECIPE.run(tmp_path, seed=1)
    assert result == {"test": {"rmse": 3.5}, "seconds": 12, "folder": str(tmp_path)}


def test_the_command_gets_the_options_the_seed_and_a_folder_that_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place_of_python(
        monkeypatch, tmp_path, 'echo $* > given; echo \'{"test": 1, "seconds": 1}\''
    )
    RECIPE.run(tmp_path, seed=2)
    given = (tmp_path / "given").read_text().split()
    assert given[:7] == ["-m", "chainrule", "train", "houses.csv", "--target", "price", "--seed"]
    assert given[7:9] == ["2", "--out"]
    assert given[10:] == ["--json"]
    assert not Path(given[9]).parent.exists()


def test_a_command_that_fails_ends_the_benchmark_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place_of_python(monkeypatch, tmp_path, "echo no such file >&2; exit 2")
    with pytest.raises(SystemExit, match="Prices: no such file"):
        RECIPE.run(tmp_path, seed=0)
