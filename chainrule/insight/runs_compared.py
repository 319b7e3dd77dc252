"""Runs beside one another: the settings in which they differ, their scores, their curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.errors import InputError
from chainrule.insight.in_words import figure
from chainrule.insight.picture import write_picture
from chainrule.insight.runs_stored import StoredRun
from chainrule.insight.text_table import text_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Where these differ, so do the samples that the scores are of.
DECIDE_THE_TEST = ("data", "test_data", "target", "split", "seed")


def differing_settings(runs: Sequence[StoredRun]) -> dict[str, list[Any]]:
    """The options that are not alike in all runs: of each run its value, None where it has none."""
    names = dict.fromkeys(name for run in runs for name in run.config)
    values = {name: [run.config.get(name) for run in runs] for name in names}
    return {name: of for name, of in values.items() if any(value != of[0] for value in of)}


def test_scores(runs: Sequence[StoredRun]) -> dict[str, list[float | None]]:
    """The scores by metric: of each run its own, None where its task has no such metric."""
    names = dict.fromkeys(name for run in runs for name in run.test)
    return {name: [run.test.get(name) for run in runs] for name in names}


def notes_on(runs: Sequence[StoredRun]) -> list[str]:
    """Why scores may not say which run is better."""
    differing = [name for name in DECIDE_THE_TEST if name in differing_settings(runs)]
    notes = []
    if differing:
        notes.append(
            f"the runs differ in {', '.join(differing)}, so they may have been tested on different "
            "samples, and their scores be no comparison"
        )
    notes += [f"{run.name}: {leak}" for run in runs for leak in run.leaks]
    return notes + [f"{run.name}: {run.problem or run.state}" for run in runs if not run.test]


def as_text(runs: Sequence[StoredRun]) -> str:
    """A column for each run: what differs, and the scores."""
    names = [run.name for run in runs]
    facts = [
        ("began", [f"{run.began:%Y-%m-%d %H:%M}" if run.began else "" for run in runs]),
        ("epochs", [f"{run.epochs:,}" for run in runs]),
        ("best epoch", [_cell(run.result.get("best_epoch")) for run in runs]),
        ("seconds", ["" if run.seconds is None else f"{run.seconds:,.1f}" for run in runs]),
    ]
    scores = test_scores(runs)
    rows = [(name, *cells) for name, cells in facts]
    rows += [
        (f"test {name.replace('_', ' ')}", *("" if s is None else figure(s) for s in of))
        for name, of in scores.items()
    ]
    settings = differing_settings(runs)
    rows += [(name, *map(_cell, values)) for name, values in settings.items()]
    notes = [f"note: {note}" for note in notes_on(runs)]
    lines = [*notes, "", text_table(("", *names), rows)]
    if not settings:
        lines.append("All settings are the same.")
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(map(_cell, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_record(runs: Sequence[StoredRun]) -> dict[str, Any]:
    """The comparison as JSON has it: lists in the order of the runs."""
    return {
        "runs": [str(run.path) for run in runs],
        "state": [run.state for run in runs],
        "epochs": [run.epochs for run in runs],
        "seconds": [run.seconds for run in runs],
        "test": test_scores(runs),
        "settings": differing_settings(runs),
        "notes": notes_on(runs),
    }


def write_curves(runs: Sequence[StoredRun], path: Path) -> None:
    """Draw the validation curves of the runs into one picture; the suffix says which kind.

    Raises:
        InputError: they have no curve in common.
    """
    write_picture(draw_curves(runs), path)


def draw_curves(runs: Sequence[StoredRun]) -> Figure:
    """What all runs measured in validation, epoch by epoch: the loss, and the first metric.

    Raises:
        InputError: there is none that all have.
    """
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

    shown = shared_curves(runs)
    figure = Figure(figsize=(4.8 * len(shown), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        for place, run in enumerate(runs):
            epochs, values = _curve(run, name)
            mark = "o" if len(epochs) == 1 else None
            axes.plot(epochs, values, color=f"C{place}", label=run.name, marker=mark)
        axes.set_title(name.replace("_", " ").capitalize())
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.2)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False, fontsize="small")
    return figure


def shared_curves(runs: Sequence[StoredRun]) -> list[str]:
    """The validation loss, if it is the same loss, and the first metric that all runs have.

    Raises:
        InputError: there is none.
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
            "runs of one task that were validated. Compare others, or leave --out away."
        )
    return [*losses, *metrics[:1]]


def _curve(run: StoredRun, name: str) -> tuple[list[int], list[float]]:
    """The value of each epoch; of several members their mean, as long as all of them went on."""
    members = max(int(record.get("member", 1)) for record in run.history)
    by_epoch: dict[int, list[float]] = {}
    for record in run.history:
        by_epoch.setdefault(int(record["epoch"]), []).append(record[name])
    whole = {epoch: values for epoch, values in by_epoch.items() if len(values) == members}
    return [*whole], [sum(values) / members for values in whole.values()]
