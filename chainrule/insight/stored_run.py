"""Runs as read from their folders: finished, unfinished or damaged."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from chainrule.training.loop.record import Record, best_record, mean_record
from chainrule.training.run_config import GIVEN, RESOLVED, RunConfig
from chainrule.training.settings.selection import SelectionMetric

State = Literal["finished", "unfinished", "damaged"]

CONFIG, METRICS, TEST = "config.toml", "metrics.jsonl", "test.json"
PROVENANCE = "provenance.json"

# Digits of a whole number that no file of a run has.
LONGEST_INT = 100


@dataclass(frozen=True)
class StoredRun:
    """A run, read from its folder.

    Attributes:
        path: path of the folder.
        state: "unfinished" while the run goes on, or after it was aborted.
        problem: what is damaged; empty if nothing is.
        began: start of training.
        config: options by name, given and resolved.
        result: contents of test.json; empty if the run is not finished.
        history: one record for each epoch, and for each member of an ensemble.
        files: size and SHA-256 of each data file, by its path; empty if they are not known.
    """

    path: Path
    state: State
    problem: str = ""
    began: datetime | None = None
    config: RunConfig = field(default_factory=RunConfig)
    result: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Record, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.path.resolve().name

    @property
    def test(self) -> dict[str, float]:
        """Test scores, the most important first; empty without test samples."""
        return dict(self.result.get("test", {}))

    @property
    def histories(self) -> dict[int, list[Record]]:
        """Records of each member by its number, from 1; a single network is number 1."""
        histories: dict[int, list[Record]] = {}
        for record in self.history:
            of_member = dict(record)
            histories.setdefault(int(of_member.pop("member", 1)), []).append(of_member)
        return histories

    @property
    def best_epochs(self) -> tuple[int, ...]:
        """Number of the epoch whose weights the model has, or of that of each member."""
        best = [best_record(history, self.metric) for history in self.histories.values()]
        return tuple(int(record["epoch"]) for record in best)

    @property
    def validation(self) -> dict[str, float]:
        """Validation scores of the best epoch, the selecting metric first; empty without any.

        With several members the mean of those of their best epochs.
        """
        if not self.history:
            return {}
        histories = self.histories.values()
        best = mean_record([best_record(history, self.metric) for history in histories])
        prefix = "validation_"
        scores = {n.removeprefix(prefix): v for n, v in best.items() if n.startswith(prefix)}
        return dict(sorted(scores.items(), key=lambda item: item[0] == "loss"))

    @property
    def fingerprints(self) -> dict[str, str]:
        """Fingerprints of the rows of validation and test, by part; empty if not known."""
        return dict(self.result.get("fingerprints", {}))

    def content(self, part: str) -> str | None:
        """Return the marks of the files that the rows of a part are from; None if not known."""
        source = self.config.values.get(f"{part}_data") or self.config.values.get("data")
        return str(self.files.get(str(source), self.files)) if self.files else None

    @property
    def leaks(self) -> tuple[str, ...]:
        """Leaks between the samples, which make the scores too good."""
        return tuple(map(str, self.result.get("leaks", ())))

    @property
    def seconds(self) -> float | None:
        """Duration of training."""
        return self.result.get("seconds")

    @property
    def epochs(self) -> int:
        """Number of epochs; the largest one of the members of an ensemble."""
        return max((int(record["epoch"]) for record in self.history), default=0)

    @property
    def metric(self) -> SelectionMetric:
        """The metric that selects the best epoch."""
        metric: SelectionMetric = self.config.values.get("metric", "loss")
        return metric

    @property
    def data(self) -> str:
        """Name of its data."""
        return Path(str(self.config.values.get("data", ""))).name

    @property
    def target(self) -> str:
        """Name of the target."""
        return str(self.config.values.get("target", ""))

    @property
    def method(self) -> str:
        """Name of the preset or of the network."""
        return str(self.config.values.get("preset") or self.config.values.get("network", ""))


def is_run(folder: Path) -> bool:
    """Return whether a folder has at least one of the files of a run."""
    return any((folder / name).is_file() for name in (CONFIG, METRICS, TEST))


def runs_in(folder: Path) -> list[StoredRun]:
    """Return the run in a folder, or all runs in its subfolders, by name."""
    if is_run(folder):
        return [stored_run(folder)]
    return [stored_run(inside) for inside in sorted(folder.iterdir()) if is_run(inside)]


def stored_run(folder: Path) -> StoredRun:
    """Read the run in a folder; unreadable files make it a damaged run, and raise no error."""
    try:
        config = _config(folder)
        began = datetime.fromtimestamp((folder / CONFIG).stat().st_mtime)
        finished = (folder / TEST).is_file()
        result = _result(folder) if finished else {}
        if "began" in result:  # preferred, as copying a file changes its time
            began = _local_time(result["began"])
        history = _history(folder)
    except (OSError, ValueError) as error:
        return StoredRun(folder, "damaged", _error_text(error))
    state: State = "finished" if finished else "unfinished"
    return StoredRun(folder, state, "", began, config, result, history, _files(folder))


def _config(folder: Path) -> RunConfig:
    try:
        content = tomllib.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except ValueError as error:  # invalid TOML, or invalid UTF-8
        raise ValueError(f"{CONFIG} is not valid TOML") from error
    if not all(isinstance(content.get(name, {}), dict) for name in (GIVEN, RESOLVED)):
        raise ValueError(f"{CONFIG} has {GIVEN} or {RESOLVED} that is not a table")
    return RunConfig.of(content)


def _result(folder: Path) -> dict[str, Any]:
    result = read_object(folder / TEST)
    if not isinstance(result.get("leaks", []), list):
        raise ValueError(f"{TEST} has leaks that are not a list")
    fingerprints = result.get("fingerprints", {})
    if not isinstance(fingerprints, dict) or not all(
        isinstance(text, str) for text in fingerprints.values()
    ):
        raise ValueError(f"{TEST} has fingerprints that are not texts")
    numbers = {name: result[name] for name in ("seconds", "best_epoch") if name in result}
    if not _are_numbers(result.get("test", {})) or not _are_numbers(numbers):
        raise ValueError(f"{TEST} has scores that are not numbers")
    return result


def _files(folder: Path) -> dict[str, Any]:
    """Read the marks of the data files; empty if they cannot be read."""
    try:
        files = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
    return files if isinstance(files, dict) else {}


def _history(folder: Path) -> tuple[Record, ...]:
    """Read the records of all epochs; a last line that a crash cut off is ignored."""
    if not (folder / METRICS).is_file():
        return ()
    text = (folder / METRICS).read_text(encoding="utf-8", errors="replace")
    records = [
        _object(METRICS, line) for line in text.splitlines(keepends=True) if line[-1] == "\n"
    ]
    if not all(_are_numbers(r) and math.isfinite(r.get("epoch", math.nan)) for r in records):
        raise ValueError(f"{METRICS} has records that are not numbers")
    return tuple(records)


def _local_time(began: object) -> datetime:
    try:
        return datetime.fromisoformat(str(began)).astimezone().replace(tzinfo=None)
    except ValueError as error:
        raise ValueError(f"{TEST} has no valid start time") from error


def read_object(path: Path) -> dict[str, Any]:
    """Read a file of one JSON object.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a JSON object.
    """
    return _object(path.name, path.read_text(encoding="utf-8", errors="replace"))


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        record = json.loads(text, parse_int=_parse_int)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ValueError(f"{name} is not valid JSON")
    return record


def _parse_int(text: str) -> float:
    """Parse a whole number, one that is too large for a float as infinity."""
    return int(text) if len(text) < LONGEST_INT else float(text)


def _are_numbers(record: object) -> bool:
    return isinstance(record, dict) and all(isinstance(v, int | float) for v in record.values())


def _error_text(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name} can't be read: {error.strerror}"
    return str(error)
