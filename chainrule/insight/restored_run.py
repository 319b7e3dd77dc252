"""Restoring a run from its folder and its data, to write its report again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.errors import InputError
from chainrule.insight.run_schema import EpochRecord, ProvenanceFields, Result, check_fields
from chainrule.insight.stored_run import (
    CONFIG,
    METRICS,
    PROVENANCE,
    TEST,
    StoredRun,
    read_object,
    stored_run,
)
from chainrule.training.loop.record import Record
from chainrule.training.members.ensemble import mean_history
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared

MODEL = "model.safetensors"
NEEDED = (CONFIG, METRICS, TEST, MODEL, PROVENANCE)


def finished_run(folder: Path) -> StoredRun:
    """Read the folder of a finished run.

    Raises:
        InputError: the folder does not exist, or files are missing or damaged.
    """
    if not folder.is_dir():
        actual = "a file" if folder.exists() else "no such folder"
        raise InputError(
            f"{folder}: got {actual}, expected the folder of a run. "
            "Give one, such as runs/NAME-DATE-TIME."
        )
    if missing := [name for name in NEEDED if not (folder / name).is_file()]:
        raise InputError(
            f"{folder}: got a folder without {', '.join(missing)}, expected that of a finished "
            "run. Give another, or train again."
        )
    stored = stored_run(folder)
    if problem := stored.problem or _problem(stored):
        raise InputError(
            f"{folder}: got a damaged run ({problem}), expected a readable one. "
            "Give another, or train again."
        )
    return stored


def _problem(stored: StoredRun) -> str:
    """Return which field of the run's files has another type, or is missing; empty if none."""
    try:
        check_fields(Result, stored.result, TEST)
        check_fields(ProvenanceFields, read_object(stored.path / PROVENANCE), PROVENANCE)
        for number, record in enumerate(stored.history, start=1):
            check_fields(EpochRecord, record, f"{METRICS}, line {number}")
            if differing := record.keys() ^ stored.history[0].keys():
                raise ValueError(f"{METRICS}, line {number}: {min(differing)} is not in all lines")
    except ValueError as error:
        return str(error)
    members = len(stored.result.get("members", [])) or 1
    expected = set(range(1, members + 1))
    if stored.histories.keys() != expected:
        return f"{METRICS} has not the epochs of {pluralised(members, 'network')}"
    return ""


def restored_run(stored: StoredRun, prepared: Prepared) -> Run:
    """Restore a run from its folder.

    Args:
        stored: contents of the folder.
        prepared: data of the run, read and prepared again.
    Raises:
        InputError: the model cannot be used, or the data are not those of the run.
    """
    model = load(stored.path / MODEL)
    members = len(stored.result.get("members", []))
    if members != (model.parameters.members or 0):
        raise InputError(
            f"{stored.path}: got {members} members in {TEST} and {model.parameters.members or 0} "
            f"in {MODEL}, expected those of one run. Train again."
        )
    _check_same_data(stored, model, prepared)
    histories = stored.histories
    result = stored.result
    run = Run(
        model=model,
        history=mean_history(list(histories.values())),
        test=stored.test,
        confusion=model.test(prepared.test)[1],
        baseline=result["baseline"],
        stopped=result["stopped"],
        diverged=result.get("diverged", ""),
        sizes=result["samples"],
        seconds=result["seconds"],
        notes=tuple(result["notes"]),
        leaks=prepared.leaks,
        metric=stored.metric,
        constant_loss=result.get("constant_loss"),
        not_drawn=prepared.not_drawn,
    )
    return replace(run, members=_members(run, result.get("members", []), histories))


def _members(
    run: Run, results: list[Mapping[str, Any]], histories: Mapping[int, list[Record]]
) -> tuple[Run, ...]:
    """Return the run of each member of an ensemble; empty for a single network."""
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


def _check_same_data(stored: StoredRun, model: Model, prepared: Prepared) -> None:
    """Check that the training rows give the same preparation, and the test rows the same loss."""
    # Models of earlier versions do not have the read options of their training data.
    stored_json, now_json = (
        replace(preparation, notes=(), read_options=ReadOptions()).as_json()
        for preparation in (model.preparation, prepared.preparation)
    )
    if stored_json != now_json or not _same_loss(stored, model, prepared):
        raise InputError(
            f"{stored.path}: got other data than this run was trained on, expected the same rows "
            "in the same order: otherwise training rows could end up in the test set. "
            "Give the original file with --data, or train again."
        )


def _same_loss(stored: StoredRun, model: Model, prepared: Prepared) -> bool:
    """Return whether the test loss is the stored one, up to the rounding of another machine."""
    if prepared.test is None:
        return not stored.test
    loss = model.evaluate_prepared(prepared.test, ())["loss"]
    return math.isclose(loss, stored.test.get("loss", math.nan), rel_tol=1e-4)
