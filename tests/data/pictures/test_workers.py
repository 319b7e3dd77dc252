"""Many files are read by several processes, with the same result as by one."""

import importlib
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from chainrule.data.pictures import workers
from chainrule.data.pictures.workers import read_each
from chainrule.data.progress import progress_bar
from chainrule.decoding import PictureHeader, Unreadable, read_headers
from chainrule.errors import InputError
from tests.data.pictures.conftest import Draw

READ_SIZES = partial(read_headers, longer_side=64, most_bytes=2**30)


def size(header: PictureHeader | Unreadable) -> tuple[int, int]:
    assert isinstance(header, PictureHeader)
    return header.height, header.width


def test_what_workers_read_is_in_the_order_of_the_files(draw: Draw) -> None:
    paths = [str(draw(f"{place}.png", size=(1 + place, 3))) for place in range(70)]
    found = list(read_each(READ_SIZES, paths, "looking", workers=2))
    assert found == list(read_each(READ_SIZES, paths, "looking", workers=1))
    assert list(map(size, found)) == [(1 + place, 3) for place in range(70)]


def test_what_takes_no_time_is_read_in_this_process() -> None:
    assert list(read_each(lambda paths: [os.getpid()] * len(paths), ["a"] * 99, "x")) == (
        [os.getpid()] * 99
    )


def test_a_worker_that_crashes_or_is_ended_from_outside_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crashing.py").write_text("import os\ndef crash(paths): os.abort()\n")
    monkeypatch.syspath_prepend(tmp_path)
    crash = importlib.import_module("crashing").crash
    with pytest.raises(InputError, match=r"a process that was ended .* \('a' or later ones\)"):
        list(read_each(crash, ["a"] * 99, "x", workers=2))


def test_the_program_that_is_running_is_not_run_again_by_workers(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"  # without the famous if __name__ == "__main__"
    program.write_text("open(__file__ + '.was-run', 'w').close()\n")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(program), raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    paths = [str(draw("0.png"))] * 70
    found = list(read_each(READ_SIZES, paths, "looking", workers=2))
    assert list(map(size, found)) == [(4, 4)] * 70
    assert not (tmp_path / "program.py.was-run").exists()
    assert sys.modules["__main__"].__file__ == str(program)


@pytest.mark.parametrize(
    ("seconds", "done", "total", "worth"),
    [(1.0, 32, 1000, True), (1.0, 32, 64, False), (0.0, 0, 10**6, False), (0.01, 32, 1000, False)],
)
def test_workers_are_worth_it_where_the_rest_takes_seconds(
    seconds: float, done: int, total: int, worth: bool
) -> None:
    assert workers._worth_workers(2, seconds, done, total) is worth
    assert workers._worth_workers(1, seconds, done, total) is False


def test_no_more_workers_than_memory_suffices_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def worth(processes: int, *_: float) -> bool:
        asked.append(processes)
        return False

    monkeypatch.setattr(workers, "_worth_workers", worth)
    monkeypatch.setattr(workers, "_processors", lambda: 8)
    for most in (3, 20):
        list(read_each(lambda paths: list(paths), ["a"], "x", most_workers=most))
    assert asked == [3, 8]


def test_long_work_is_told_of_in_lines_and_short_work_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr("chainrule.data.progress.time.monotonic", lambda: clock[0])
    with progress_bar("decoding pictures of photos", 3000) as tell:
        for clock[0], done in ((1.0, 500), (2.5, 1000), (5.0, 1500), (13.0, 2000)):
            tell(done)
    assert capsys.readouterr().err.splitlines() == [
        "decoding pictures of photos: 1,000 of 3,000",
        "decoding pictures of photos: 2,000 of 3,000",
    ]
