"""Shared fixtures of the command line: a folder of good and bad files, and calls of commands."""

import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from chainrule.cli import main

ROWS = [(round(place * 0.37 % 1, 3), "abc"[place % 3], place % 7) for place in range(60)]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Use one thread: on busy processors two threads mostly wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@dataclass(frozen=True)
class Called:
    """The result of a call of the command line."""

    status: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture(autouse=True)
def _no_colour_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove environment variables that turn colours on, as CI services set them."""
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call `chainrule` with these arguments, in this process."""

    def called(*arguments: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["chainrule", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        status = end.value.code
        assert isinstance(status, int)
        return Called(status, captured.out, captured.err)

    return called


def csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return the text of a CSV file."""
    return "\n".join(",".join(map(str, row)) for row in [columns, *rows]) + "\n"


def idx(values: np.ndarray) -> bytes:
    """Return the bytes of an IDX file."""
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    return header + values.astype(np.uint8).tobytes()


def write_files(folder: Path) -> None:
    """Write valid and invalid files of every kind into a folder."""
    columns = ["size", "kind", "price"]

    def table(name: str, rows: Sequence[Sequence[object]], names: Sequence[str] = columns) -> None:
        (folder / name).write_text(csv(names, rows))

    table("good.csv", ROWS)
    table("priced.csv", [(a, b, a * 3 + 10) for a, b, _ in ROWS])
    table("one-row.csv", ROWS[:1])
    table("constant.csv", [(a, b, 5) for a, b, _ in ROWS])
    table("no-target.csv", [(a, b, "") for a, b, _ in ROWS])
    table("gaps.csv", [(a, b, "" if i % 10 == 0 else c) for i, (a, b, c) in enumerate(ROWS)])
    table("mostly.csv", [(a, b, "oops" if i == 17 else a) for i, (a, b, _) in enumerate(ROWS)])
    table("kinds.csv", [(b,) for _, b, _ in ROWS], ["kind"])
    table("text.csv", [("big", b) for _, b, _ in ROWS], ["size", "kind"])
    table("header.csv", [])
    (folder / "empty.csv").write_bytes(b"")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 8)
    (folder / "folder").mkdir()
    (folder / "folder" / "inside.csv").write_text("a,b\n1,2\n")
    pictures = np.arange(50 * 36).reshape(50, 6, 6) % 251
    labels = np.arange(50) % 5
    (folder / "cut-images-idx3-ubyte").write_bytes(idx(pictures)[:-100])
    (folder / "cut-labels-idx1-ubyte").write_bytes(idx(labels))
    (folder / "few-images-idx3-ubyte").write_bytes(idx(pictures))
    (folder / "few-labels-idx1-ubyte").write_bytes(idx(labels[:40]))
    (folder / "near.toml").write_text("epoch = 3\n")
    (folder / "beside.toml").write_text('epochs = 3\n[given]\ntarget = "price"\n')
    (folder / "python.toml").write_text('columns = ["size"]\n')
    (folder / "broken.toml").write_text("epochs = = 3\n")
    (folder / "types.toml").write_text('epochs = "many"\nlayers = 3\nmissing = "x"\n')
    (folder / "latin.toml").write_bytes(b'target = "caf\xe9"\n')
    (folder / "none.safetensors").write_text("hello")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with those files."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


QUICK = ("--epochs", "2", "--layers", "8", "--patience", "0")


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small runs that were trained once: classes, numbers, and the files of above."""
    folder = tmp_path_factory.mktemp("runs")
    write_files(folder)
    before, arguments = Path.cwd(), sys.argv
    os.chdir(folder)
    try:
        for name, data, target in (
            ("classes", "good.csv", "kind"),
            ("numbers", "priced.csv", "price"),
        ):
            sys.argv = ["chainrule", "train", data, "--target", target, "--out", name, *QUICK]
            with pytest.raises(SystemExit) as end:
                main()
            assert end.value.code == 0
    finally:
        sys.argv = arguments
        os.chdir(before)
    model = (folder / "numbers" / "model.safetensors").read_bytes()
    (folder / "cut.safetensors").write_bytes(model[: len(model) // 2])
    (folder / "damaged.safetensors").write_bytes(
        model.replace(b"standardisation", b"standardizing__")
    )
    shutil.copytree(folder / "numbers" / "checkpoints", folder / "unfinished" / "checkpoints")
    return folder


@pytest.fixture
def no_report(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training draws no curves and no report, which take most of a second.

    The folder `runs` is made before, and has them.
    """
    monkeypatch.setattr("chainrule.cli.train.explain", lambda *_: [])


def contents(folder: Path) -> dict[str, int]:
    """Return the size of each file and folder in a folder, by its path."""
    return {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.rglob("*"))}
