"""Provenance: from which files and with which programs a run was made."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from pathlib import Path

import pytest

from chainrule.insight.provenance import FileMark, Provenance


def test_a_file_of_data_is_marked_by_size_and_sha256(tmp_path: Path) -> None:
    file = tmp_path / "toy.csv"
    file.write_bytes(b"a,b\n1,2\n")
    made = Provenance.now({"data": str(file)})
    assert made.files == {str(file): FileMark(8, hashlib.sha256(b"a,b\n1,2\n").hexdigest())}


def test_every_file_of_a_pattern_and_of_the_test_is_marked(tmp_path: Path) -> None:
    for name in ("may.csv", "june.csv", "test.csv"):
        (tmp_path / name).write_text(name)
    config = {"data": str(tmp_path / "[mj]*.csv"), "test_data": str(tmp_path / "test.csv")}
    names = [Path(path).name for path in Provenance.now(config).files]
    assert names == ["june.csv", "may.csv", "test.csv"]


@pytest.mark.parametrize("given", ["postgresql://localhost/shop", "gone.csv", "."])
def test_servers_folders_and_what_is_gone_have_no_mark(given: str) -> None:
    assert Provenance.now({"data": given}).files == {}


def test_files_that_take_long_to_read_are_marked_by_their_sizes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("may.csv", "june.csv"):
        (tmp_path / name).write_bytes(b"0123456789")
    config = {"data": str(tmp_path / "*.csv")}
    monkeypatch.setattr("chainrule.insight.provenance.MOST_BYTES", 20)
    assert "" not in {mark.sha256 for mark in Provenance.now(config).files.values()}
    monkeypatch.setattr("chainrule.insight.provenance.MOST_BYTES", 19)
    assert set(Provenance.now(config).files.values()) == {FileMark(10, "")}


def test_the_versions_are_those_that_are_installed() -> None:
    versions = Provenance.now({}).versions
    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == importlib.metadata.version("numpy")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "toy.csv"
    file.write_text("a\n1\n")
    made = Provenance.now({"data": str(file)})
    made.write(tmp_path)
    assert Provenance.read(tmp_path) == made
