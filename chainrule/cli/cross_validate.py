"""chainrule cross-validate: a table of the folds' scores, and how far they differ."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from chainrule.cli.config import Config
from chainrule.cli.prepare_run import make_request, read_data
from chainrule.data.dataset import data_kind
from chainrule.errors import InputError
from chainrule.insight.report import format_score, positive_class_note
from chainrule.training.cross_validation import CrossValidation, cross_validate_recipe
from chainrule.training.loop.progress import metric_label
from chainrule.training.recipe.recipe import resolve
from chainrule.training.run import Run
from chainrule.training.samples.prepare import target_and_task

# Of the metrics these are in the table, as far as the task has them; JSON has all.
SHOWN = ("rmse", "mae", "r2", "accuracy", "balanced_accuracy", "roc_auc", "log_loss")


def cross_validate_command(config: Config, folds: int, *, as_json: bool) -> CrossValidation:
    """Train once a fold as configured, and print the scores.

    Raises:
        InputError: something in the configuration or the data can't be used, or training diverged.
    """
    for option, given in (("validation", config.validation_data), ("test", config.test_data)):
        if given is not None:
            raise InputError(
                f"--{option}-data: got {given}, but cross-validation tests on each part of DATA "
                "in turn; expected no other. Leave it out, or use chainrule train."
            )
    data = read_data(config, "cross-validate")
    _, task = target_and_task(data, config.task)
    recipe = resolve(make_request(config), task, len(data), data_kind(data))
    result = cross_validate_recipe(recipe, data, folds, task, show=True)
    print(_as_json(result) if as_json else _as_text(result, in_time=config.time is not None))
    return result


def _as_json(result: CrossValidation) -> str:
    return json.dumps(
        {
            "mean": result.mean,
            "deviation": result.deviation,
            "baseline": result.baseline,
            "folds": [
                {
                    "test": run.test,
                    "leaks": run.leaks,
                    "samples": run.sizes,
                    "best": run.best,
                    "stopped": run.stopped,
                }
                for run in result.runs
            ],
            "notes": list(dict.fromkeys(note for run in result.runs for note in run.notes)),
        },
        allow_nan=False,
    )


def _as_text(result: CrossValidation, *, in_time: bool) -> str:
    names = [name for name in SHOWN if name in result.mean]
    rows = [
        _row(str(number), [run.test[name] for name in names], run.sizes["test"])
        for number, run in enumerate(result.runs, start=1)
    ]
    first = result.runs[0]
    notes = [[note for note in run.notes if note not in run.leaks] for run in result.runs]
    lines = [f"note: {note}" for note in _once(notes)]
    lines += [
        "",
        f"{'fold':10}{''.join(f'{metric_label(name):>19}' for name in names)}{'samples':>9}",
    ]
    lines += rows
    lines.append(_row("mean", [result.mean[name] for name in names]))
    lines.append(_row("deviation", [result.deviation[name] for name in names]))
    lines.append(_row("guessing", [result.baseline[name] for name in names]))
    lines += [f"caution: {leak}" for leak in _once([run.leaks for run in result.runs])]
    lines.append(_taught(first, in_time=in_time))
    return "\n".join([*lines, *filter(None, [positive_class_note(first)])])


def _row(title: str, scores: Sequence[float], samples: int | None = None) -> str:
    cells = "".join(f"{format_score(score):>19}" for score in scores)
    return f"{title:10}{cells}{'' if samples is None else f'{samples:>9,}'}"


def _taught(first: Run, *, in_time: bool) -> str:
    """By what the folds were tested."""
    training, validation = (f"{first.sizes[part]:,}" for part in ("training", "validation"))
    if in_time:
        return (
            "Each fold was tested by a network that knew only what came before it: the first by "
            f"one that {training} samples taught, while {validation} chose its best epoch."
        )
    return (
        f"Each fold was tested by a network that had not seen it: of the others {training} "
        f"samples taught it, and {validation} chose its best epoch."
    )


def _once(folds: Sequence[Sequence[str]]) -> list[str]:
    """What is told of the folds, each once; of what differs in figures alone that of the first."""
    alike: dict[str, dict[str, int]] = {}
    for number, texts in enumerate(folds, start=1):
        for text in texts:
            alike.setdefault(re.sub(r"[\d.,]+", "#", text), {}).setdefault(text, number)
    told = [(*next(iter(texts.items())), len(texts)) for texts in alike.values()]
    return [
        text if kinds == 1 else f"fold {number}, and others likewise: {text}"
        for text, number, kinds in told
    ]
