"""Metrics of regression: distances of predicted numbers from the true ones."""

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
