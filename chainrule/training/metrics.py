"""Metrics: what a person wants to know of predictions, beside the loss that training lowers."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from chainrule.data.task import Task

Metric = Callable[[Tensor, Tensor], float]


def accuracy(probabilities: Tensor, classes: Tensor) -> float:
    """Share of samples whose most probable class is the true one.

    Shapes: probabilities (n, classes) with class indices (n,), or (n, 1) of yes with 0 or 1 (n, 1).
    """
    if probabilities.shape[-1] == 1:
        said = probabilities > 0.5
        return float((said == (classes > 0.5)).double().mean())
    return float((probabilities.argmax(-1) == classes).double().mean())


def rmse(predictions: Tensor, targets: Tensor) -> float:
    """Root of the mean squared error, in the unit of the targets. Shapes alike."""
    return float((predictions.double() - targets).square().mean().sqrt())


def mae(predictions: Tensor, targets: Tensor) -> float:
    """Mean absolute error, in the unit of the targets. Shapes alike."""
    return float((predictions.double() - targets).abs().mean())


def r2(predictions: Tensor, targets: Tensor) -> float:
    """Share of the targets' variance that is explained: 1 is perfect, 0 as good as their mean.

    Where the targets are all the same, there is no variance: 1 if each is met, else 0.
    """
    residual = (predictions.double() - targets).square().sum()
    total = (targets.double() - targets.double().mean()).square().sum()
    return float(1 - residual / total) if total > 0 else float(residual == 0)


METRICS: Mapping[Task, Mapping[str, Metric]] = {
    "regression": {"rmse": rmse, "mae": mae, "r2": r2},
    "binary": {"accuracy": accuracy},
    "classification": {"accuracy": accuracy},
}


def measure(task: Task, predictions: Tensor, targets: Tensor) -> dict[str, float]:
    """All metrics of the task, by name."""
    with torch.no_grad():
        return {name: metric(predictions, targets) for name, metric in METRICS[task].items()}
