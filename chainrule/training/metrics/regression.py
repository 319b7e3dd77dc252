"""Metrics of regression: distances of predicted numbers from the true ones."""

from __future__ import annotations

from torch import Tensor


def rmse(predictions: Tensor, targets: Tensor) -> float:
    """Return the root of the mean squared error, in the unit of the targets. Equal shapes."""
    error = predictions.double() - targets
    largest = error.abs().max()
    if largest == 0:
        return 0.0
    # Divided by the largest, as squares overflow for errors above 1e154, and vanish below 1e-154.
    return float(largest * (error / largest).square().mean().sqrt())


def mae(predictions: Tensor, targets: Tensor) -> float:
    """Return the mean absolute error, in the unit of the targets. Equal shapes."""
    return float((predictions.double() - targets).abs().mean())


def mape(predictions: Tensor, targets: Tensor) -> float | None:
    """Return the mean absolute error as a share of the target: 0.1 is an error of 10 %.

    None if a target is 0, or so near that float32 does not tell it from 0: less than a millionth of
    the largest. Equal shapes.
    """
    size = targets.double().abs()
    if size.min() <= 1e-6 * size.max():
        return None
    return float(((predictions.double() - targets).abs() / size).mean())


def r2(predictions: Tensor, targets: Tensor) -> float:
    """Return the coefficient of determination: 1 is perfect, 0 as good as the mean.

    R^2 = 1 - sum (y - prediction)^2 / sum (y - mean of y)^2. Equal shapes. For constant targets,
    which have no variance, it is 1 if all predictions are exact, otherwise 0.
    """
    error = predictions.double() - targets
    if targets.min() == targets.max():  # compared directly, as their rounded mean can differ
        return float(not error.any())
    deviation = targets.double() - targets.double().mean()
    largest = deviation.abs().max()  # against overflow, as in rmse
    return float(1 - (error / largest).square().sum() / (deviation / largest).square().sum())
