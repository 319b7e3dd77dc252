"""Where the kernels come from: compiled once, kept, and done without where that can't be."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from chainrule.errors import SlowWarning
from chainrule.native import compile_calls, library, lower_calls

CALL = partial(torch.neg, torch.ones(2), out=torch.empty(2))
NO_COMPILER = library.library() is None


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for what is compiled, and a library that is looked for anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    library.library.cache_clear()
    yield tmp_path / "chainrule"
    library.library.cache_clear()


def test_without_a_compiler_the_calls_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert compile_calls(lower_calls([CALL])) == [CALL]


def test_they_can_be_switched_off(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.SWITCH, "0")
    assert compile_calls(lower_calls([CALL])) == [CALL]
    assert not cache.exists()


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_they_are_compiled_once(cache: Path) -> None:
    assert library.library() is not None
    (file,) = cache.iterdir()
    first = file.stat().st_mtime_ns
    library.library.cache_clear()
    assert library.library() is not None
    assert [file] == list(cache.iterdir())
    assert file.stat().st_mtime_ns == first


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_a_compiler_that_fails_is_told_once_and_leaves_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "OPTIONS", ("--no-such-option",))
    with pytest.warns(SlowWarning, match="no-such-option.*CHAINRULE_NATIVE=0"):
        assert compile_calls(lower_calls([CALL])) == [CALL]
    assert compile_calls(lower_calls([CALL])) == [CALL]  # a second warning would be an error
    assert not list(cache.iterdir())


FOREIGN = {
    "it fails": "#!/bin/sh\nexit 1\n",
    "it is no program": "no program\n",
    "it writes nothing": "#!/bin/sh\nexit 0\n",
    "it writes no library": "#!/bin/sh\necho text > {out}\n",
    "its library has other functions": "#!/bin/sh\n{cc} -shared -x c /dev/null -o {out}\n",
}


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
@pytest.mark.parametrize("trouble", FOREIGN)
def test_another_program_called_cc_is_told(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    found = shutil.which("cc")
    # The library's path is the last argument but one, before -lm.
    out = '"$(eval echo \\${$(($# - 1))})"'
    program = FOREIGN[trouble].replace("{cc}", str(found)).replace("{out}", out)
    cc = tmp_path / "bin" / "cc"
    cc.parent.mkdir()
    cc.write_text(program)
    cc.chmod(0o755)
    monkeypatch.setenv("PATH", f"{cc.parent}:{os.environ['PATH']}")
    with pytest.warns(SlowWarning, match=str(cc)):
        assert compile_calls(lower_calls([CALL])) == [CALL]
    assert not cache.exists() or not list(cache.iterdir())


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_a_folder_that_can_not_be_written_to_is_told(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.warns(SlowWarning, match="set XDG_CACHE_HOME"):
        assert compile_calls(lower_calls([CALL])) == [CALL]


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_an_account_without_a_home_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    with pytest.warns(SlowWarning, match="home directory.*set XDG_CACHE_HOME"):
        assert compile_calls(lower_calls([CALL])) == [CALL]


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_a_library_that_was_cut_off_is_compiled_again(cache: Path, kept: float) -> None:
    assert library.library() is not None
    (file,) = cache.iterdir()
    content = file.read_bytes()
    file.unlink()  # this process still uses it
    file.write_bytes(content[: int(len(content) * kept)])
    library.library.cache_clear()
    assert library.library() is not None
    assert file.read_bytes()[:-32] == content[:-32]


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_the_command_line_tells_it_in_one_line(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,y\n" + "".join(f"{n % 7},{n % 5}.5\n" for n in range(40)))
    cc = tmp_path / "cc"
    cc.write_text(FOREIGN["it fails"])
    cc.chmod(0o755)
    arguments = ["train", str(table), "--target", "y", "--epochs", "1"]
    trained = subprocess.run(
        [sys.executable, "-m", "chainrule", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in trained.stderr.splitlines() if "compiler" in line]
    assert line.startswith(f"note: the C compiler {cc}")
    assert "warn" not in trained.stderr
