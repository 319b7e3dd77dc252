"""List of runs: a line for each run, the newest or the best first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chainrule.data.formatting import format_score, metric_label
from chainrule.errors import unknown_name
from chainrule.insight.stored_run import StoredRun
from chainrule.insight.text_table import text_table
from chainrule.training.settings.selection import LOWER_IS_BETTER

HEAD = ("run", "began", "data", "target", "trained", "epochs", "seconds", "metric", "validation")
TEXTS = frozenset(HEAD.index(name) for name in ("run", "began", "data", "target", "trained"))


def newest_first(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Return the runs by their start, the newest first; those with an unknown start come last."""
    return sorted(runs, key=lambda run: run.began or datetime.min, reverse=True)


def best_first(runs: Sequence[StoredRun], metric: str) -> list[StoredRun]:
    """Return the runs by a validation score, the best first; others come last, newest first.

    Tests are not compared: a test score by which a run is chosen is too good.

    Raises:
        InputError: no run was validated by the metric.
    """
    known = {name for run in runs for name in run.validation}
    if metric not in known:
        raise unknown_name("validation metric", metric, known)
    sign = 1 if metric in LOWER_IS_BETTER else -1
    scored = [run for run in runs if metric in run.validation]
    others = [run for run in runs if metric not in run.validation]
    return [*sorted(scored, key=lambda run: sign * run.validation[metric]), *newest_first(others)]


def as_text(runs: Sequence[StoredRun], metric: str | None = None) -> str:
    """Return a table with a line for each run, then notes on different rows, damages and leaks.

    Args:
        runs: runs in the order of the lines.
        metric: validation metric to show; by default the one that selected the epoch, or the first
            one of each run, as runs of different tasks may have no metric in common.
    """
    lines = [text_table(HEAD, [_cells(run, metric) for run in runs], texts=TEXTS)]
    lines += [f"note: {note}" for note in notes_on_rows(runs)]
    lines += [f"{run.name}: damaged, {run.problem}" for run in runs if run.state == "damaged"]
    lines += [f"{run.name}: caution, {leak}" for run in runs for leak in run.leaks]
    return "\n".join(lines)


def notes_on_rows(runs: Sequence[StoredRun]) -> list[str]:
    """Return a note on each target whose runs were validated on different rows."""
    of_target: dict[tuple[str, str], dict[tuple[str, str | None], list[str]]] = {}
    for run in runs:
        rows = run.fingerprints.get("validation")
        if rows is not None:
            groups = of_target.setdefault((run.data, run.target), {})
            groups.setdefault((rows, run.content("validation")), []).append(run.name)
    return [
        f"{data}, '{target}': the runs of each group were validated on other rows, or on another "
        "content of the data, than those of the other groups, so only scores within a group are "
        f"comparable: {'; '.join(', '.join(names) for names in groups.values())}"
        for (data, target), groups in of_target.items()
        if len(groups) > 1
    ]


def _cells(run: StoredRun, metric: str | None) -> tuple[str, ...]:
    name = metric or next(iter(run.validation), "")
    score = run.validation.get(name)
    if run.state != "finished":
        score = None
    return (
        run.name,
        run.began.strftime("%Y-%m-%d %H:%M") if run.began else "",
        run.data,
        run.target,
        run.method,
        f"{run.epochs:,}" if run.epochs else "",
        "" if run.seconds is None else f"{run.seconds:,.1f}",
        metric_label(name) if score is not None else "",
        format_score(score) if score is not None else "" if run.state == "finished" else run.state,
    )


def as_record(run: StoredRun) -> dict[str, Any]:
    """Return a run for JSON, without its curves."""
    return {
        "run": str(run.path),
        "state": run.state,
        "problem": run.problem,
        "began": run.began.isoformat(timespec="seconds") if run.began else None,
        "epochs": run.epochs,
        "seconds": run.seconds,
        "metric": run.metric,
        "best_epochs": run.best_epochs,
        "validation": run.validation,
        "test": run.test,
        "fingerprints": run.fingerprints,
        "leaks": run.leaks,
        "config": run.config.as_toml(),
    }
