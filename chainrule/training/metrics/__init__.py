"""Metrics: what a person wants to know of predictions, beside the loss that training lowers."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from chainrule.data.columns.vocabulary import Task
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

# None where the samples do not define it, such as the ROC curve of samples of one class.
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

# The most important first: tables show them in this order, headlines and progress the first alone.
METRICS: Mapping[Task, Mapping[str, Metric]] = {
    "regression": {"rmse": rmse, "mae": mae, "r2": r2},
    "binary": {"accuracy": accuracy, **_OF_CLASSES},
    "classification": {"accuracy": accuracy, "top_5_accuracy": top_5_accuracy, **_OF_CLASSES},
}

# Those that are cheap enough, and say enough, to be measured in every epoch.
OF_EPOCHS: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("accuracy",),
    "classification": ("accuracy",),
}


def measure(
    task: Task, predictions: Tensor, targets: Tensor, names: Iterable[str] | None = None
) -> dict[str, float]:
    """Metrics of the task by name, in the order of `METRICS`, without those that are not defined.

    Args:
        task: what was learned.
        predictions: (n, 1) numbers or probabilities of yes, or (n, classes) probabilities.
        targets: (n, 1) numbers, or 0 for no and 1 for yes; or (n,) class indices.
        names: of the metrics; all of the task if not given.
    """
    metrics = METRICS[task]
    chosen = metrics if names is None else names
    with torch.no_grad():
        measured = {name: metrics[name](predictions, targets) for name in chosen}
    return {name: value for name, value in measured.items() if value is not None}


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
