"""Metrics: scores of predictions for the user, in addition to the loss that training minimises."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.training.metrics.average_precision import average_precision
from chainrule.training.metrics.confusion import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1,
    precision,
    recall,
)
from chainrule.training.metrics.regression import mae, mape, r2, rmse
from chainrule.training.metrics.roc import roc_auc
from chainrule.training.metrics.scoring_rules import brier_score, log_loss
from chainrule.training.metrics.top_k import top_5_accuracy, top_k_accuracy


class Metric(Protocol):
    """A score of predictions."""

    __name__: str

    def __call__(
        self, predictions: Tensor, targets: Tensor, weights: Tensor | None = None, /
    ) -> float | None:
        """Return the score; None if undefined, such as the area under the curve of one class.

        Args:
            predictions: as for `measure`.
            targets: as for `measure`.
            weights: as for `measure`.
        """
        ...


_OF_CLASSES: Mapping[str, Metric] = {
    "balanced_accuracy": balanced_accuracy,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier_score": brier_score,
}

# The most important first: tables use this order, headlines and progress only the first one.
METRICS: Mapping[Task, Mapping[str, Metric]] = {
    "regression": {"rmse": rmse, "mae": mae, "r2": r2, "mape": mape},
    "binary": {"accuracy": accuracy, **_OF_CLASSES},
    "classification": {"accuracy": accuracy, "top_5_accuracy": top_5_accuracy, **_OF_CLASSES},
}

# The metrics that are cheap and informative enough to be measured in every epoch.
OF_EPOCHS: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("accuracy",),
    "classification": ("accuracy",),
}

# What the metrics that are not defined for all samples need.
NEEDED: Mapping[str, str] = {
    "roc_auc": "samples of two classes or more",
    "average_precision": "samples of the positive class",
    "mape": "targets other than 0",
    "top_5_accuracy": "six classes or more",
}


def measure(
    task: Task,
    predictions: Tensor,
    targets: Tensor,
    names: Iterable[str] | None = None,
    weights: Tensor | None = None,
) -> dict[str, float]:
    """Compute metrics by name, in the order of `METRICS`; undefined ones are left out.

    Args:
        task: task of the predictions.
        predictions: (n, 1) numbers or probabilities of the positive class, or (n, classes)
            probabilities.
        targets: (n, 1) numbers, or 0 and 1 for the negative and the positive class; or (n,) class
            indices.
        names: names of the metrics; all of the task if not given.
        weights: (n,) sample weights above 0; None if all are 1.
    """
    metrics = METRICS[task]
    with torch.no_grad():
        scores = {
            name: metrics[name](predictions, targets, weights)
            for name in (metrics if names is None else names)
        }
    return {name: score for name, score in scores.items() if score is not None}


def is_defined(name: str, task: Task, targets: Tensor) -> bool:
    """Return whether a metric is defined for targets, which are as for `measure`."""
    outputs = int(targets.max()) + 1 if targets.dim() == 1 else targets.shape[1]
    predictions = torch.full((len(targets), outputs), 1 / (outputs + 1), dtype=torch.float64)
    return bool(measure(task, predictions, targets, [name]))


def metrics_of_epochs(task: Task, selecting: str) -> list[str]:
    """Return the metrics to measure in every epoch, first the one that selects the best."""
    wanted = [selecting, *OF_EPOCHS[task]]
    return [name for name in dict.fromkeys(wanted) if name in METRICS[task]]


def first(name: str, scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores in their order, but the named one first, if it is among them."""
    return {**({name: scores[name]} if name in scores else {}), **scores}


__all__ = [
    "METRICS",
    "NEEDED",
    "OF_EPOCHS",
    "Metric",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "brier_score",
    "confusion_matrix",
    "f1",
    "first",
    "is_defined",
    "log_loss",
    "mae",
    "mape",
    "measure",
    "metrics_of_epochs",
    "precision",
    "r2",
    "recall",
    "rmse",
    "roc_auc",
    "top_5_accuracy",
    "top_k_accuracy",
]
