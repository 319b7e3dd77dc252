"""Files are whole or not there, and survive a power loss."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule import durable
from chainrule.errors import InputError

OLD, NEW = "old and whole", "new and whole"


@pytest.fixture
def umask_of_a_group() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the operating system, in order: kinds of files synced, and names given."""
    recorded: list[str] = []
    fsync, replace = os.fsync, os.replace

    def record_fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        recorded.append("sync folder" if is_folder else "sync file")
        fsync(descriptor)

    def record_replace(path: Path, target: Path) -> Path:
        recorded.append(f"rename to {target.name}")
        replace(path, target)
        return target

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    return recorded


def test_text_is_written_as_utf_8(tmp_path: Path) -> None:
    durable.write_text(tmp_path / "a.txt", "größer\n")
    assert (tmp_path / "a.txt").read_bytes() == b"gr\xc3\xb6\xc3\x9fer\n"


def test_bytes_replace_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"something longer")
    durable.write_bytes(path, b"\0\1")
    assert path.read_bytes() == b"\0\1"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()], ids=repr)
def test_a_failing_write_leaves_the_old_file_whole_and_nothing_beside_it(
    tmp_path: Path, failure: BaseException
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(OLD)

    def write(temporary: Path) -> None:
        temporary.write_text("new but ha")
        raise failure

    with pytest.raises(type(failure)):
        durable.write_with(path, write)
    assert path.read_text() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_sync_that_fails_leaves_the_old_file_whole_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(OLD)

    def fails(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        durable.write_text(path, NEW)
    assert path.read_text() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_a_part(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(OLD)
    seen = []

    def write(temporary: Path) -> None:
        with temporary.open("w") as file:
            for letter in NEW:
                file.write(letter)
                file.flush()
                seen.append(path.read_text())

    durable.write_with(path, write)
    seen.append(path.read_text())
    assert seen == [OLD] * len(NEW) + [NEW]


def test_the_file_to_fill_has_the_suffix_of_the_finished_one(tmp_path: Path) -> None:
    suffixes = []

    def write(temporary: Path) -> None:
        suffixes.append((temporary.parent, temporary.suffix))
        temporary.touch()

    durable.write_with(tmp_path / "a.safetensors", write)
    assert suffixes == [(tmp_path, ".safetensors")]


def test_content_is_synced_before_it_gets_its_name_and_the_name_after(
    tmp_path: Path, calls: list[str]
) -> None:
    durable.write_text(tmp_path / "a.txt", NEW)
    assert calls == ["sync file", "rename to a.txt", "sync folder"]


@pytest.mark.usefixtures("umask_of_a_group")
def test_permissions_are_those_of_umask(tmp_path: Path) -> None:
    durable.write_text(tmp_path / "a.txt", NEW)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@pytest.mark.usefixtures("umask_of_a_group")
def test_umask_is_left_as_it_was(tmp_path: Path) -> None:
    durable.write_text(tmp_path / "a.txt", NEW)
    assert os.umask(0o027) == 0o027


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        durable.write_text(tmp_path / "missing" / "a.txt", NEW)


def test_lines_are_appended_and_synced(tmp_path: Path, calls: list[str]) -> None:
    path = tmp_path / "metrics.jsonl"
    durable.append_line(path, '{"epoch": 1}')
    durable.append_line(path, '{"epoch": 2}')
    assert path.read_text() == '{"epoch": 1}\n{"epoch": 2}\n'
    assert calls.count("sync file") == 2


def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="got a device or a pipe, expected a file to write"):
        durable.write_text(pipe, NEW)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "no folder" / "a.csv"
    with pytest.raises(FileNotFoundError) as error:
        durable.write_text(path, NEW)
    assert error.value.filename == str(path)
