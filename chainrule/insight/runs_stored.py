"""A run as its folder tells of it, whether it has ended, goes on, or is damaged."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

State = Literal["finished", "unfinished", "damaged"]

CONFIG, METRICS, TEST = "config.toml", "metrics.jsonl", "test.json"


@dataclass(frozen=True)
class StoredRun:
    """A run, read from its folder.

    Attributes:
        path: of the folder.
        state: unfinished is one that goes on, or was broken off.
        problem: what is damaged, or nothing.
        began: when training began.
        config: its options by name.
        result: what test.json tells; empty if the run is not finished.
        history: a record an epoch, of each member.
    """

    path: Path
    state: State
    problem: str = ""
    began: datetime | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, float], ...] = ()

    @property
    def name(self) -> str:
        """Of the folder."""
        return self.path.resolve().name

    @property
    def test(self) -> dict[str, float]:
        """The scores on the test samples, the most important first; empty if there are none."""
        return dict(self.result.get("test", {}))

    @property
    def leaks(self) -> tuple[str, ...]:
        """Without which the scores would promise too much."""
        return tuple(map(str, self.result.get("leaks", ())))

    @property
    def seconds(self) -> float | None:
        """That training took."""
        return self.result.get("seconds")

    @property
    def epochs(self) -> int:
        """How many were done; of several members by the one that did the most."""
        return max((int(record["epoch"]) for record in self.history), default=0)

    @property
    def method(self) -> str:
        """What was trained, in short: the preset or the network."""
        return str(self.config.get("preset") or self.config.get("network", ""))


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run, or was one."""
    return any((folder / name).is_file() for name in (CONFIG, METRICS, TEST))


def runs_in(folder: Path) -> list[StoredRun]:
    """The run that a folder is, or all the runs that lie in it, by name."""
    if is_run(folder):
        return [stored_run(folder)]
    return [stored_run(inside) for inside in sorted(folder.iterdir()) if is_run(inside)]


def stored_run(folder: Path) -> StoredRun:
    """The run in a folder. What can't be read makes it a damaged one, and no error."""
    try:
        config = _config(folder)
        began = datetime.fromtimestamp((folder / CONFIG).stat().st_mtime)
        finished = (folder / TEST).is_file()
        result = _result(folder) if finished else {}
        if "began" in result:  # the time of a file is lost where it is copied
            began = _in_local_time(result["began"])
        history = _history(folder)
    except (OSError, ValueError) as error:
        return StoredRun(folder, "damaged", _in_words(error))
    state: State = "finished" if finished else "unfinished"
    return StoredRun(folder, state, "", began, config, result, history)


def _config(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except ValueError as error:  # of TOML, or of UTF-8
        raise ValueError(f"{CONFIG} is no TOML") from error


def _result(folder: Path) -> dict[str, Any]:
    result = _record(TEST, (folder / TEST).read_text(encoding="utf-8", errors="replace"))
    if not isinstance(result.get("leaks", []), list):
        raise ValueError(f"{TEST} has leaks that are no list")
    figures = {name: result[name] for name in ("seconds", "best_epoch") if name in result}
    if not _are_figures(result.get("test", {})) or not _are_figures(figures):
        raise ValueError(f"{TEST} has scores that are no numbers")
    return result


def _history(folder: Path) -> tuple[Mapping[str, float], ...]:
    """The records of all epochs; a crash can have cost the last line, which then is not whole."""
    if not (folder / METRICS).is_file():
        return ()
    text = (folder / METRICS).read_text(encoding="utf-8", errors="replace")
    records = [
        _record(METRICS, line) for line in text.splitlines(keepends=True) if line[-1] == "\n"
    ]
    if not all(_are_figures(record) and "epoch" in record for record in records):
        raise ValueError(f"{METRICS} has records that are no numbers")
    return tuple(records)


def _in_local_time(began: object) -> datetime:
    try:
        return datetime.fromisoformat(str(began)).astimezone().replace(tzinfo=None)
    except ValueError as error:
        raise ValueError(f"{TEST} has no time at which the run began") from error


def _record(name: str, text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ValueError(f"{name} is no JSON")
    return record


def _are_figures(record: object) -> bool:
    return isinstance(record, dict) and all(isinstance(v, int | float) for v in record.values())


def _in_words(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name} can't be read: {error.strerror}"
    return str(error)
