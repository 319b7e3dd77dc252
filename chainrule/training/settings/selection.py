"""Metrics that can select the best epoch, their direction, and how messages speak of them.

No large library is imported here, so that `chainrule --help` and `chainrule runs` start fast.
"""

from __future__ import annotations

from typing import Literal, get_args

from chainrule.data.formatting import metric_label

SelectionMetric = Literal[
    "loss",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "roc_auc",
    "average_precision",
    "log_loss",
    "rmse",
    "mae",
    "mape",
    "r2",
]
SELECTION_METRICS: tuple[SelectionMetric, ...] = get_args(SelectionMetric)

# For all other metrics, higher is better.
LOWER_IS_BETTER = frozenset(("rmse", "mae", "mape", "log_loss", "brier_score", "loss"))


def full_name(metric: object) -> object:
    """Return the name of a metric for a common short one; other values unchanged.

    >>> full_name("auc"), full_name("f1")
    ('roc_auc', 'f1')
    """
    return "roc_auc" if metric == "auc" else metric


def selected_epoch(metric: str) -> str:
    """Describe the epoch that a metric selects.

    Of equal losses and errors the first epoch is the best, of equal scores the last: shares of
    correct samples are often equal, and training usually goes on to improve what they do not show.

    >>> selected_epoch("loss"), selected_epoch("f1")
    ('epoch with the lowest validation loss', 'last epoch with the highest validation f1')
    """
    if metric in LOWER_IS_BETTER:
        return f"epoch with the lowest validation {metric_label(metric)}"
    return f"last epoch with the highest validation {metric_label(metric)}"


def no_longer_improved(name: str) -> str:
    """Describe a metric of the history that patience waited for in vain.

    >>> no_longer_improved("training_loss"), no_longer_improved("validation_f1")
    ('the training loss no longer fell', 'the validation f1 no longer rose')
    """
    falls = name.removeprefix("training_").removeprefix("validation_") in LOWER_IS_BETTER
    return f"the {metric_label(name)} no longer {'fell' if falls else 'rose'}"
