"""A run from its folder is the run that was written there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.insight.explain import explain
from chainrule.insight.restored_run import finished_run, restored_run
from chainrule.training.run import Run
from chainrule.training.run_config import RunConfig
from chainrule.training.run_folder import RunFolder
from chainrule.training.samples.prepare import Prepared
from tests.training import toys


def written(folder: Path, **settings: Any) -> tuple[Run, Prepared]:
    """A run that left its folder, and its samples."""
    prepared = toys.prepared("classification", **settings)
    watch = RunFolder(folder, RunConfig({"epochs": 3}))
    run = toys.run("classification", on=prepared, watch=watch, epochs=3, **settings)
    watch.finished(run)
    explain(run, prepared, RunConfig({"epochs": 3}), folder)
    return run, prepared


@dataclass(frozen=True)
class Written:
    """A run, its samples, and the folder that it left."""

    folder: Path
    run: Run
    prepared: Prepared


@pytest.fixture(scope="module")
def of_one(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The run of one network."""
    folder = tmp_path_factory.mktemp("one") / "run"
    return Written(folder, *written(folder))


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The run of two members."""
    folder = tmp_path_factory.mktemp("two") / "run"
    return Written(folder, *written(folder, members=2))


@pytest.mark.parametrize("name", ["of_one", "of_two"])
def test_it_is_the_run_that_was_written(name: str, request: pytest.FixtureRequest) -> None:
    made: Written = request.getfixturevalue(name)
    run, stored = made.run, restored_run(finished_run(made.folder), made.prepared)
    for field in ("history", "test", "baseline", "stopped", "sizes", "seconds", "notes"):
        assert getattr(stored, field) == getattr(run, field), field
    assert run.confusion is not None
    assert stored.confusion is not None
    assert stored.confusion.equal(run.confusion)
    assert stored.model.parameters.everything.equal(run.model.parameters.everything)


def test_each_member_is_the_one_that_was_written(of_two: Written) -> None:
    stored = restored_run(finished_run(of_two.folder), of_two.prepared)
    assert len(stored.members) == 2
    for one, other in zip(stored.members, of_two.run.members, strict=True):
        assert (one.history, one.test, one.stopped) == (other.history, other.test, other.stopped)
        assert one.model.parameters.everything.equal(other.model.parameters.everything)


def test_other_rows_of_the_test_are_refused(of_one: Written) -> None:
    prepared = of_one.prepared
    assert prepared.test is not None
    other = replace(prepared, test=replace(prepared.test, targets=(prepared.test.targets + 1) % 3))
    with pytest.raises(InputError, match="other data than this run was trained on"):
        restored_run(finished_run(of_one.folder), other)


def test_a_run_without_a_test_can_be_restored(tmp_path: Path) -> None:
    run, prepared = written(tmp_path / "run", split=(0.8, 0.2, 0.0))
    assert restored_run(finished_run(tmp_path / "run"), prepared).history == run.history


def test_other_data_are_refused(of_one: Written) -> None:
    with pytest.raises(
        InputError, match=r"other data than this run was trained on, expected the same.*with --data"
    ):
        restored_run(finished_run(of_one.folder), toys.prepared("classification", rows=90))


def test_the_same_data_under_another_name_are_taken(of_one: Written) -> None:
    prepared = of_one.prepared
    renamed = replace(prepared, preparation=replace(prepared.preparation, notes=("moved.csv",)))
    assert restored_run(finished_run(of_one.folder), renamed).test == of_one.run.test


def test_a_folder_that_is_no_run_is_refused_with_what_it_lacks(
    of_one: Written, tmp_path: Path
) -> None:
    shutil.copytree(of_one.folder, tmp_path / "run")
    finished_run(tmp_path / "run")
    (tmp_path / "run" / "test.json").unlink()
    with pytest.raises(
        InputError, match=r"a folder without test\.json, expected that of a finished run"
    ):
        finished_run(tmp_path / "run")


@pytest.mark.parametrize(("name", "given"), [("file", "a file"), ("nothing", "no such folder")])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str, given: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=f"{name}: got {given}, expected the folder of a run"):
        finished_run(tmp_path / name)
