"""List of runs: a line for each run, the newest or the best first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chainrule.data.formatting import format_score
from chainrule.errors import unknown_name
from chainrule.insight.stored_run import StoredRun
from chainrule.insight.text_table import text_table
from chainrule.training.settings.selection import LOWER_IS_BETTER

HEAD = ("run", "began", "data", "target", "trained", "epochs", "seconds", "metric", "test")
TEXTS = frozenset(HEAD.index(name) for name in ("run", "began", "data", "target", "trained"))


def newest_first(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Return the runs by their start, the newest first; those with an unknown start come last."""
    return sorted(runs, key=lambda run: run.began or datetime.min, reverse=True)


def best_first(runs: Sequence[StoredRun], metric: str) -> list[StoredRun]:
    """Return the runs by a test score, the best first; those without it come last, newest first.

    Raises:
        InputError: no run has the metric.
    """
    known = {name for run in runs for name in run.test}
    if metric not in known:
        raise unknown_name("metric", metric, known)
    sign = 1 if metric in LOWER_IS_BETTER else -1
    scored = [run for run in runs if metric in run.test]
    others = [run for run in runs if metric not in run.test]
    return [*sorted(scored, key=lambda run: sign * run.test[metric]), *newest_first(others)]


def as_text(runs: Sequence[StoredRun], metric: str | None = None) -> str:
    """Return a table with a line for each run, then warnings about damaged runs and leaks.

    Args:
        runs: runs in the order of the lines.
        metric: metric to show; by default the first one of each run, as runs of different tasks
            may have no metric in common.
    """
    lines = [text_table(HEAD, [_cells(run, metric) for run in runs], texts=TEXTS)]
    lines += [f"{run.name}: damaged, {run.problem}" for run in runs if run.state == "damaged"]
    lines += [f"{run.name}: caution, {leak}" for run in runs for leak in run.leaks]
    return "\n".join(lines)


def _cells(run: StoredRun, metric: str | None) -> tuple[str, ...]:
    name = metric or next(iter(run.test), "")
    score = run.test.get(name)
    return (
        run.name,
        run.began.strftime("%Y-%m-%d %H:%M") if run.began else "",
        Path(str(run.config.values.get("data", ""))).name,
        str(run.config.values.get("target", "")),
        run.method,
        f"{run.epochs:,}" if run.epochs else "",
        "" if run.seconds is None else f"{run.seconds:,.1f}",
        name.replace("_", " ") if score is not None else "",
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
        "test": run.test,
        "leaks": run.leaks,
        "config": run.config.as_toml(),
    }
