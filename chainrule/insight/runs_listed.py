"""Runs in a list: a line each, the newest first, or the best by some metric."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chainrule.errors import unknown_name
from chainrule.insight.better import LOWER_IS_BETTER
from chainrule.insight.in_words import figure
from chainrule.insight.runs_stored import StoredRun
from chainrule.insight.text_table import text_table

HEAD = ("run", "began", "data", "target", "trained", "epochs", "seconds", "metric", "test")
TEXTS = frozenset(HEAD.index(name) for name in ("run", "began", "data", "target", "trained"))


def newest_first(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Runs by the time at which they began; those of which it is not known last."""
    return sorted(runs, key=lambda run: run.began or datetime.min, reverse=True)


def best_first(runs: Sequence[StoredRun], metric: str) -> list[StoredRun]:
    """Runs by a score of their test; those that don't have it last, the newest of them first.

    Raises:
        InputError: none of them has it.
    """
    known = {name for run in runs for name in run.test}
    if metric not in known:
        raise unknown_name("metric", metric, known)
    sign = 1 if metric in LOWER_IS_BETTER else -1
    of_metric = [run for run in runs if metric in run.test]
    others = [run for run in runs if metric not in run.test]
    return [*sorted(of_metric, key=lambda run: sign * run.test[metric]), *newest_first(others)]


def as_text(runs: Sequence[StoredRun], metric: str | None = None) -> str:
    """A line for each run; then what is wrong with those that are damaged, or whose test leaks.

    Args:
        runs: in their order.
        metric: that is shown; by default the first of each run, as runs of different tasks have
            no metric in common.
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
        Path(str(run.config.get("data", ""))).name,
        str(run.config.get("target", "")),
        run.method,
        f"{run.epochs:,}" if run.epochs else "",
        "" if run.seconds is None else f"{run.seconds:,.1f}",
        name.replace("_", " ") if score is not None else "",
        figure(score) if score is not None else "" if run.state == "finished" else run.state,
    )


def as_record(run: StoredRun) -> dict[str, Any]:
    """All that is known of a run but its curves, as JSON has it."""
    return {
        "run": str(run.path),
        "state": run.state,
        "problem": run.problem,
        "began": run.began.isoformat(timespec="seconds") if run.began else None,
        "epochs": run.epochs,
        "seconds": run.seconds,
        "test": run.test,
        "leaks": run.leaks,
        "config": dict(run.config),
    }
