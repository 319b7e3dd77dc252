"""Metrics: scores of predictions for the user, in addition to the loss that training minimises."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.training.metrics.confusion import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1,
    precision,
    recall,
)
from chainrule.training.metrics.regression import mae, r2, rmse
from chainrule.training.metrics.roc import roc_auc
from chainrule.training.metrics.scoring_rules import brier_score, log_loss
from chainrule.training.metrics.top_k import top_5_accuracy, top_k_accuracy

# None where the metric is undefined, such as the area under the ROC curve of a single class.
Metric = Callable[[Tensor, Tensor], float | None]

_OF_CLASSES: Mapping[str, Metric] = {
    "balanced_accuracy": balanced_accuracy,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "roc_auc": roc_auc,
    "log_loss": log_loss,
    "brier_score": brier_score,
}

# The most important first: tables use this order, headlines and progress only the first one.
METRICS: Mapping[Task, Mapping[str, Metric]] = {
    "regression": {"rmse": rmse, "mae": mae, "r2": r2},
    "binary": {"accuracy": accuracy, **_OF_CLASSES},
    "classification": {"accuracy": accuracy, "top_5_accuracy": top_5_accuracy, **_OF_CLASSES},
}

# The metrics that are cheap and informative enough to be measured in every epoch.
OF_EPOCHS: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("accuracy",),
    "classification": ("accuracy",),
}


def measure(
    task: Task, predictions: Tensor, targets: Tensor, names: Iterable[str] | None = None
) -> dict[str, float]:
    """Compute metrics by name, in the order of `METRICS`; undefined ones are left out.

    Args:
        task: task of the predictions.
        predictions: (n, 1) numbers or probabilities of the positive class, or (n, classes)
            probabilities.
        targets: (n, 1) numbers, or 0 and 1 for the negative and the positive class; or (n,) class
            indices.
        names: names of the metrics; all of the task if not given.
    """
    metrics = METRICS[task]
    with torch.no_grad():
        scores = {
            name: metrics[name](predictions, targets)
            for name in (metrics if names is None else names)
        }
    return {name: score for name, score in scores.items() if score is not None}


__all__ = [
    "METRICS",
    "OF_EPOCHS",
    "Metric",
    "accuracy",
    "balanced_accuracy",
    "brier_score",
    "confusion_matrix",
    "f1",
    "log_loss",
    "mae",
    "measure",
    "precision",
    "r2",
    "recall",
    "rmse",
    "roc_auc",
    "top_5_accuracy",
    "top_k_accuracy",
]
