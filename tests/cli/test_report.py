"""chainrule report: the report of a run, made again from its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Path:
    """A copy of a run on priced.csv, in another folder than the original."""
    shutil.copytree(runs / "numbers", tmp_path / "numbers")
    return tmp_path / "numbers"


def test_the_report_that_is_made_again_is_the_first_one(call: Call, run: Path) -> None:
    first = (run / "report.html").read_text()
    (run / "report.html").unlink()
    called = call("report", run)
    assert called.status == 0, called.err
    assert called.out == f"report   {run / 'report.html'}\n"
    moved = first.replace("--config numbers/", f"--config {run}/")
    assert (run / "report.html").read_text() == moved


def test_data_that_lie_elsewhere_now_can_be_named(
    call: Call, runs: Path, run: Path, tmp_path: Path
) -> None:
    moved = shutil.copy(runs / "priced.csv", tmp_path / "moved.csv")
    assert call("report", run, "--data", moved).status == 0
    assert "Rows of moved.csv are" in (run / "report.html").read_text()


def test_other_data_are_refused_and_the_report_is_left(call: Call, runs: Path, run: Path) -> None:
    before = (run / "report.html").read_text()
    rows = (runs / "priced.csv").read_text().splitlines(keepends=True)
    (run.parent / "other.csv").write_text("".join([rows[0], *rows[:0:-1]]))
    called = call("report", run, "--data", run.parent / "other.csv")
    assert called.status == 2
    assert "got other data than this run was trained on, expected the same rows" in called.err
    assert "with --data" in called.err
    assert (run / "report.html").read_text() == before


def test_what_is_no_run_is_refused(call: Call, runs: Path) -> None:
    called = call("report", runs / "unfinished")
    assert called.status == 2
    assert "got a folder without config.toml, metrics.jsonl, test.json" in called.err
