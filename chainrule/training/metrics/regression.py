"""Metrics of regression: distances of predicted numbers from the true ones.

With sample weights, (n,), a sample of weight 2 counts as two.
"""

from __future__ import annotations

from torch import Tensor

from chainrule.training.metrics.mean import mean


def rmse(predictions: Tensor, targets: Tensor, weights: Tensor | None = None) -> float:
    """Return the root of the mean squared error, in the unit of the targets. Equal shapes."""
    error = predictions.double() - targets
    largest = error.abs().max()
    if largest == 0:
        return 0.0
    # Divided by the largest, as squares overflow for errors above 1e154, and vanish below 1e-154.
    return float(largest * mean((error / largest).square(), weights) ** 0.5)


def mae(predictions: Tensor, targets: Tensor, weights: Tensor | None = None) -> float:
    """Return the mean absolute error, in the unit of the targets. Equal shapes."""
    return mean((predictions.double() - targets).abs(), weights)


def mape(predictions: Tensor, targets: Tensor, weights: Tensor | None = None) -> float | None:
    """Return the mean absolute error as a share of the target: 0.1 is an error of 10 %.

    None if a target is 0, or so near that float32 does not tell it from 0: less than a millionth of
    the largest. Equal shapes.
    """
    size = targets.double().abs()
    if size.min() <= 1e-6 * size.max():
        return None
    return mean((predictions.double() - targets).abs() / size, weights)


def r2(predictions: Tensor, targets: Tensor, weights: Tensor | None = None) -> float:
    """Return the coefficient of determination: 1 is perfect, 0 as good as the mean.

    R^2 = 1 - sum (y - prediction)^2 / sum (y - mean of y)^2. Equal shapes. For constant targets,
    which have no variance, it is 1 if all predictions are exact, otherwise 0.
    """
    error = predictions.double() - targets
    if targets.min() == targets.max():  # compared directly, as their rounded mean can differ
        return float(not error.any())
    deviation = targets.double() - mean(targets, weights)
    largest = deviation.abs().max()  # against overflow, as in rmse
    return 1 - mean((error / largest).square(), weights) / mean(
        (deviation / largest).square(), weights
    )
