"""A run that is put together again from its folder and its data, to be explained once more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule.errors import InputError
from chainrule.insight.provenance import FILE_NAME as PROVENANCE
from chainrule.insight.runs_stored import CONFIG, METRICS, TEST, StoredRun, stored_run
from chainrule.training.loop.loop import Record
from chainrule.training.members.ensemble import mean_history
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared

MODEL = "model.safetensors"
NEEDED = (CONFIG, METRICS, TEST, MODEL, PROVENANCE)


def finished_run(folder: Path) -> StoredRun:
    """What the folder of a run that has ended tells of it.

    Raises:
        InputError: there is no such folder, something is not in it, or can't be read.
    """
    if not folder.is_dir():
        given = "a file" if folder.exists() else "no such folder"
        raise InputError(
            f"{folder}: got {given}, expected the folder of a run. "
            "Give one, such as runs/NAME-DATE-TIME."
        )
    if lacking := [name for name in NEEDED if not (folder / name).is_file()]:
        raise InputError(
            f"{folder}: got a folder without {', '.join(lacking)}, expected that of a run that has "
            "ended. Give another, or train again."
        )
    stored = stored_run(folder)
    if stored.problem:
        raise InputError(
            f"{folder}: got a damaged run ({stored.problem}), expected one that can be read. "
            "Give another, or train again."
        )
    return stored


def restored_run(stored: StoredRun, prepared: Prepared) -> Run:
    """The run that a folder tells of.

    Args:
        stored: what the folder tells.
        prepared: its data, read and prepared again.
    Raises:
        InputError: the model can't be used, or the data are not those that it learned from.
    """
    model = load(stored.path / MODEL)
    _check_same_data(stored, model, prepared)
    histories = _histories(stored)
    result = stored.result
    run = Run(
        model=model,
        history=mean_history(list(histories.values())),
        test=stored.test,
        confusion=model.confusion(prepared.test) if prepared.test else None,
        baseline=result["baseline"],
        stopped=result["stopped"],
        sizes=result["samples"],
        seconds=result["seconds"],
        notes=tuple(result["notes"]),
        leaks=prepared.leaks,
        best_by=stored.config.get("best_by", "loss"),
    )
    return replace(run, members=_members(run, result.get("members", []), histories))


def _members(
    run: Run, results: list[Mapping[str, Any]], histories: Mapping[int, list[Record]]
) -> tuple[Run, ...]:
    """The run of each member, if there are several."""
    return tuple(
        replace(
            run,
            model=run.model.members[number],
            history=histories[number + 1],
            test=of_member["test"],
            stopped=of_member["stopped"],
        )
        for number, of_member in enumerate(results)
    )


def _histories(stored: StoredRun) -> dict[int, list[Record]]:
    """The records of each member by its number, from 1; those of a single network as number 1."""
    histories: dict[int, list[Record]] = {}
    for record in stored.history:
        own = dict(record)
        histories.setdefault(int(own.pop("member", 1)), []).append(own)
    return histories


def _check_same_data(stored: StoredRun, model: Model, prepared: Prepared) -> None:
    """Refuse other rows of training, by what was fitted on them, or of the test, by its loss."""
    learned, now = model.preparation, prepared.preparation
    fitted_alike = replace(learned, notes=()).as_json() == replace(now, notes=()).as_json()
    if not fitted_alike or not _same_loss(stored, model, prepared):
        raise InputError(
            f"{stored.path}: got other data than this run learned from, expected the same rows in "
            "the same order: else rows that it learned from would be taken for rows of the test. "
            "Name the file of then with --data, or train again."
        )


def _same_loss(stored: StoredRun, model: Model, prepared: Prepared) -> bool:
    """Whether the loss of the test is that of then, but for the rounding of another machine."""
    if prepared.test is None:
        return not stored.test
    loss = model.evaluate_prepared(prepared.test, ())["loss"]
    return math.isclose(loss, stored.test.get("loss", math.nan), rel_tol=1e-4)
