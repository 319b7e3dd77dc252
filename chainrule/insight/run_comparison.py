"""Comparison of runs: differing settings, scores and learning curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.data.formatting import format_score, metric_label
from chainrule.errors import InputError
from chainrule.insight.figure_file import write_figure
from chainrule.insight.stored_run import StoredRun
from chainrule.insight.text_table import text_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Settings that determine the rows of validation and test.
SETTINGS_OF_ROWS = (
    *("data", "test_data", "validation_data", "target", "split", "seed"),
    *("group", "time", "split_column", "duplicates", "sample_weight"),
    *("members", "member_validation", "memory", "missing", "query"),
)


def differing_settings(runs: Sequence[StoredRun]) -> dict[str, list[Any]]:
    """Return the settings that differ between runs: the value of each run, or None."""
    names = dict.fromkeys(name for run in runs for name in run.config.values)
    values = {name: [run.config.values.get(name) for run in runs] for name in names}
    return {
        name: of_runs
        for name, of_runs in values.items()
        if any(value != of_runs[0] for value in of_runs)
    }


def scores_by_name(of_runs: Sequence[Mapping[str, float]]) -> dict[str, list[float | None]]:
    """Return scores by metric: the score of each run, None where it has no such metric."""
    names = dict.fromkeys(name for scores in of_runs for name in scores)
    return {name: [scores.get(name) for scores in of_runs] for name in names}


def notes_on(runs: Sequence[StoredRun]) -> list[str]:
    """Return reasons why the scores may not be comparable."""
    notes = [
        note
        for part, verb in (("validation", "validated"), ("test", "tested"))
        if (note := _note_on_rows(runs, part, verb))
    ]
    notes += [f"{run.name}: {leak}" for run in runs for leak in run.leaks]
    return notes + [f"{run.name}: {run.problem or run.state}" for run in runs if not run.result]


def _note_on_rows(runs: Sequence[StoredRun], part: str, verb: str) -> str | None:
    """Return a note if finished runs were, or may have been, judged by different rows of a part.

    Fingerprints show it; runs of earlier versions have none, so their settings are compared.
    """
    runs = [run for run in runs if run.state == "finished"]
    settings = differing_settings(runs)
    reasons = [name for name in SETTINGS_OF_ROWS if name in settings]
    content_differs = len({run.content(part) for run in runs}) > 1
    if content_differs and "data" not in reasons:
        reasons.append("the content of the data")
    differ_in = f", as they differ in {', '.join(reasons)}" if reasons else ""
    are_known = all(run.fingerprints for run in runs)
    if are_known and len({run.fingerprints.get(part) for run in runs}) > 1:
        return (
            f"the runs were {verb} on different rows{differ_in}: their {part} scores are not "
            "comparable"
        )
    if content_differs or (reasons and not are_known):
        return (
            f"the runs may have been {verb} on different rows{differ_in}: their {part} scores may "
            "not be comparable"
        )
    return None


def as_text(runs: Sequence[StoredRun]) -> str:
    """Return a table with a column for each run: differing settings and scores."""
    names = [run.name for run in runs]
    details = [
        ("began", [f"{run.began:%Y-%m-%d %H:%M}" if run.began else "" for run in runs]),
        ("epochs", [f"{run.epochs:,}" for run in runs]),
        ("best epoch", [",".join(map(str, run.best_epochs)) for run in runs]),
        ("seconds", ["" if run.seconds is None else f"{run.seconds:,.1f}" for run in runs]),
    ]
    rows = [(name, *cells) for name, cells in details]
    validation = scores_by_name([run.validation for run in runs])
    test = scores_by_name([run.test for run in runs])
    for part, scores in (("validation", validation), ("test", test)):
        rows += [
            (
                f"{part} {metric_label(name)}",
                *("" if score is None else format_score(score) for score in of_runs),
            )
            for name, of_runs in scores.items()
        ]
    settings = differing_settings(runs)
    rows += [(name, *map(_cell, values)) for name, values in settings.items()]
    notes = [f"note: {note}" for note in notes_on(runs)]
    lines = [*notes, "", text_table(("", *names), rows)]
    if not settings:
        lines.append("All settings are the same.")
    if test:
        lines.append(
            "Choose a run by its validation scores: of one that is chosen by its test score, that "
            "score is too good."
        )
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(map(_cell, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_record(runs: Sequence[StoredRun]) -> dict[str, Any]:
    """Return the comparison for JSON, with lists in the order of the runs."""
    return {
        "runs": [str(run.path) for run in runs],
        "state": [run.state for run in runs],
        "epochs": [run.epochs for run in runs],
        "seconds": [run.seconds for run in runs],
        "metric": [run.metric for run in runs],
        "validation": scores_by_name([run.validation for run in runs]),
        "test": scores_by_name([run.test for run in runs]),
        "settings": differing_settings(runs),
        "notes": notes_on(runs),
    }


def write_curves(runs: Sequence[StoredRun], path: Path) -> None:
    """Write the figure of `draw_curves` to a file, whose suffix gives the format.

    Raises:
        InputError: the runs have no curve in common.
    """
    write_figure(draw_curves(runs), path)


def draw_curves(runs: Sequence[StoredRun]) -> Figure:
    """Draw the validation loss and the first validation metric that all runs have.

    Raises:
        InputError: the runs have no curve in common.
    """
    from matplotlib.figure import Figure  # imported here because it takes half a second

    shown = shared_curves(runs)
    figure = Figure(figsize=(4.8 * len(shown), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        for number, run in enumerate(runs):
            epochs, values = _curve(run, name)
            mark = "o" if len(epochs) == 1 else None
            axes.plot(epochs, values, color=f"C{number}", label=run.name, marker=mark)
        axes.set_title(name.replace("_", " ").capitalize())
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.2)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False, fontsize="small")
    return figure


def shared_curves(runs: Sequence[StoredRun]) -> list[str]:
    """Return the names of the curves to draw: the validation loss, unless the loss functions
    differ, and the first validation metric that all runs have.

    Raises:
        InputError: the runs have no curve in common.
    """
    common = set.intersection(*({*run.history[0]} if run.history else set() for run in runs))
    first = next((run.history[0] for run in runs if run.history), {})
    names = [name for name in first if name in common and name.startswith("validation_")]
    same_loss = "loss" not in differing_settings(runs)
    losses = [name for name in names if name == "validation_loss" and same_loss]
    metrics = [name for name in names if name != "validation_loss"]
    if not losses and not metrics:
        raise InputError(
            f"got runs without a curve in common ({', '.join(run.name for run in runs)}), expected "
            "runs of one task with validation samples. Compare others, or leave out --out."
        )
    return [*losses, *metrics[:1]]


def _curve(run: StoredRun, name: str) -> tuple[list[int], list[float]]:
    """Return epochs and values; for members their mean, over the epochs that all members have."""
    members = max(int(record.get("member", 1)) for record in run.history)
    by_epoch: dict[int, list[float]] = {}
    for record in run.history:
        by_epoch.setdefault(int(record["epoch"]), []).append(record[name])
    complete = {epoch: values for epoch, values in by_epoch.items() if len(values) == members}
    return [*complete], [sum(values) / members for values in complete.values()]
