"""chainrule cross-validate: a table of the folds' scores, and how far they differ."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chainrule.cli.config import Config
from chainrule.cli.reading import read_data
from chainrule.errors import InputError
from chainrule.insight.report import figure, of_which_class
from chainrule.training.cross_validation import CrossValidation, prepare_folds
from chainrule.training.fit import Fit, all_learned, fit_all
from chainrule.training.progress import progress_for, words

# Of the metrics these are in the table, as far as the task has them; JSON has all.
SHOWN = ("rmse", "mae", "r2", "accuracy", "balanced_accuracy", "roc_auc", "log_loss")


def cross_validate_command(config: Config, folds: int, *, as_json: bool) -> CrossValidation:
    """Train once a fold as configured, and print the scores.

    Raises:
        InputError: something in the configuration or the data can't be used, or training diverged.
    """
    if config.test_data is not None:
        raise InputError(
            f"--test-data: got {config.test_data}, but cross-validation tests on each part of DATA "
            "in turn; expected no other. Leave it out, or use chainrule train."
        )
    config, data = read_data(config, "cross-validate")
    prepared = prepare_folds(data, config, folds, config.task)
    fits = [Fit(config.made_network(one.outputs), one, config) for one in prepared]
    result = CrossValidation(tuple(all_learned(fit_all(fits, progress=progress_for(show=True)))))
    print(_as_json(result) if as_json else _as_text(result))
    return result


def _as_json(result: CrossValidation) -> str:
    return json.dumps(
        {
            "mean": result.mean,
            "deviation": result.deviation,
            "baseline": result.baseline,
            "folds": [
                {"test": run.test, "samples": run.sizes, "best": run.best, "stopped": run.stopped}
                for run in result.runs
            ],
            "notes": _notes(result),
        },
        allow_nan=False,
    )


def _as_text(result: CrossValidation) -> str:
    names = [name for name in SHOWN if name in result.mean]
    rows = [
        _row(str(number), [run.test[name] for name in names], run.sizes["test"])
        for number, run in enumerate(result.runs, start=1)
    ]
    first = result.runs[0]
    lines = [f"note: {note}" for note in _notes(result)]
    lines += ["", f"{'fold':10}{''.join(f'{words(name):>19}' for name in names)}{'samples':>9}"]
    lines += rows
    lines.append(_row("mean", [result.mean[name] for name in names]))
    lines.append(_row("deviation", [result.deviation[name] for name in names]))
    lines.append(_row("guessing", [result.baseline[name] for name in names]))
    lines.append(
        "Each fold was tested by a network that had not seen it: of the others "
        f"{first.sizes['training']:,} samples taught it, and {first.sizes['validation']:,} chose "
        "its best epoch."
    )
    return "\n".join([*lines, *filter(None, [of_which_class(first)])])


def _row(title: str, scores: Sequence[float], samples: int | None = None) -> str:
    cells = "".join(f"{figure(score):>19}" for score in scores)
    return f"{title:10}{cells}{'' if samples is None else f'{samples:>9,}'}"


def _notes(result: CrossValidation) -> list[str]:
    """Those of all folds, each once."""
    return list(dict.fromkeys(note for run in result.runs for note in run.notes))
