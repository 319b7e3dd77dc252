"""Where the kernels come from: compiled once, kept, and done without where that can't be."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

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
@pytest.mark.parametrize("trouble", ["no such option", "no folder"])
def test_a_compiler_that_fails_is_no_error_and_leaves_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "no folder":
        cache.write_text("a file where the folder should be")
    else:
        monkeypatch.setattr(library, "OPTIONS", ("--no-such-option",))
    assert compile_calls(lower_calls([CALL])) == [CALL]
    assert cache.is_file() or not list(cache.iterdir())


@pytest.mark.skipif(NO_COMPILER, reason="there is no C compiler here")
def test_a_file_that_is_no_library_is_done_without(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_fingerprint", lambda compiler: "broken")
    cache.mkdir()
    (cache / "kernels-broken.so").write_bytes(b"not a library")
    assert compile_calls(lower_calls([CALL])) == [CALL]
