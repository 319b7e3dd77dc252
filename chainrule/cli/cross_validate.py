"""chainrule cross-validate: a table of the scores of each fold, their mean and deviation."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from chainrule.cli.config import Config
from chainrule.cli.exit_status import DIVERGED
from chainrule.cli.json_result import json_result
from chainrule.cli.prepare_run import make_request, read_data
from chainrule.data.columns.sample_weights import with_sample_weights
from chainrule.data.dataset import data_kind
from chainrule.data.formatting import count_range, format_score, metric_label
from chainrule.errors import InputError
from chainrule.insight.summary import positive_class_note
from chainrule.training.cross_validation import CrossValidation, cross_validate_recipe
from chainrule.training.recipe.recipe import resolve
from chainrule.training.samples.prepare import target_and_task

# The metrics in the table behind the chosen one, those of them that the task has; JSON has all.
TABLE_METRICS = ("rmse", "mae", "r2", "accuracy", "balanced_accuracy", "roc_auc", "log_loss")


def cross_validate_command(config: Config, folds: int, *, as_json: bool) -> CrossValidation:
    """Train once for each fold, and print the scores.

    Raises:
        InputError: the configuration or the data is invalid, or training diverged in its first
            epoch.
        SystemExit: training of a fold diverged later.
    """
    for part, source in (("validation", config.validation_data), ("test", config.test_data)):
        if source is not None:
            raise InputError(
                f"--{part}-data: got {source}, but cross-validation tests on each fold of DATA in "
                "turn; expected DATA alone. Leave it out, or use chainrule train."
            )
    data = with_sample_weights(read_data(config, "cross-validate"), config.sample_weight)
    _, task = target_and_task(data, config.task)
    recipe = resolve(make_request(config), task, len(data), data_kind(data))
    result = cross_validate_recipe(recipe, data, folds, task, show=True)
    print(_as_json(result) if as_json else _as_text(result, in_time=config.time is not None))
    if any(run.diverged for run in result.runs):
        sys.exit(DIVERGED)
    return result


def _as_json(result: CrossValidation) -> str:
    return json_result(
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
                    "diverged": run.diverged,
                }
                for run in result.runs
            ],
            "notes": list(dict.fromkeys(note for run in result.runs for note in run.notes)),
        },
    )


def _as_text(result: CrossValidation, *, in_time: bool) -> str:
    chosen = (result.runs[0].metric, *TABLE_METRICS)
    names = [name for name in dict.fromkeys(chosen) if name in result.mean and name != "loss"]
    rows = [
        _row(str(number), [run.test[name] for name in names], run.sizes["test"])
        for number, run in enumerate(result.runs, start=1)
    ]
    first = result.runs[0]
    notes = [[note for note in run.notes if note not in run.leaks] for run in result.runs]
    lines = [f"note: {note}" for note in _distinct(notes)]
    lines += [
        "",
        f"{'fold':10}{''.join(f'{metric_label(name):>19}' for name in names)}{'samples':>9}",
    ]
    lines += rows
    lines.append(_row("mean", [result.mean[name] for name in names]))
    lines.append(_row("deviation", [result.deviation[name] for name in names]))
    lines.append(_row("baseline", [result.baseline[name] for name in names]))
    lines += [f"caution: {leak}" for leak in _distinct([run.leaks for run in result.runs])]
    lines.append(_sample_counts(result, in_time=in_time))
    return "\n".join([*lines, *filter(None, [positive_class_note(first.model.preparation)])])


def _row(title: str, scores: Sequence[float], samples: int | None = None) -> str:
    cells = "".join(f"{format_score(score):>19}" for score in scores)
    return f"{title:10}{cells}{'' if samples is None else f'{samples:>9,}'}"


def _sample_counts(result: CrossValidation, *, in_time: bool) -> str:
    """Describe the samples that the networks were trained and validated on."""
    networks = [network for run in result.runs for network in run.members or (run,)]
    training = count_range([network.sizes["training"] for network in networks])
    validation = count_range([network.sizes["validation"] for network in networks])
    members = len(result.runs[0].members)
    network = f"the mean of {members} networks, each" if members else "a network"
    rows = "earlier samples only" if in_time else "samples of the other folds"
    kept = ", without validation" if validation == "0" else f" and validated on {validation} others"
    return f"Each fold was tested by {network} trained on {training} {rows}{kept}."


def _distinct(folds: Sequence[Sequence[str]]) -> list[str]:
    """Return the distinct messages of all folds.

    Of messages that differ only in numbers other than that of a fold, the first one is returned
    with its fold.
    """
    variants: dict[str, dict[str, int]] = {}  # by the message without numbers: text to fold
    for fold, messages in enumerate(folds, start=1):
        for message in messages:
            pattern = re.sub(r"(?<!fold )(?<!\d)[\d.,]+", "#", message)
            variants.setdefault(pattern, {}).setdefault(message, fold)
    firsts = [(*next(iter(texts.items())), len(texts)) for texts in variants.values()]
    return [
        message if count == 1 else f"fold {fold}, and other folds with other numbers: {message}"
        for message, fold, count in firsts
    ]
