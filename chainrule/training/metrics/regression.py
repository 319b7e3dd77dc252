"""Scores of predicted numbers: how far they are from the true ones."""

from torch import Tensor


def rmse(predictions: Tensor, targets: Tensor) -> float:
    """Root of the mean squared error, in the unit of the targets. Shapes alike."""
    error = predictions.double() - targets
    largest = error.abs().max()
    if largest == 0:
        return 0.0
    # Squares of the errors themselves would overflow beyond 1e154, and vanish below 1e-154.
    return float(largest * (error / largest).square().mean().sqrt())


def mae(predictions: Tensor, targets: Tensor) -> float:
    """Mean absolute error, in the unit of the targets. Shapes alike."""
    return float((predictions.double() - targets).abs().mean())


def r2(predictions: Tensor, targets: Tensor) -> float:
    """Share of the targets' variance that is explained: 1 is perfect, 0 as good as their mean.

    R^2 = 1 - sum (y - prediction)^2 / sum (y - mean of y)^2. Shapes alike. Where the targets are
    all the same, there is no variance: 1 if each is met, else 0.
    """
    error = predictions.double() - targets
    if targets.min() == targets.max():  # their rounded mean can differ from them
        return float(not error.any())
    deviation = targets.double() - targets.double().mean()
    largest = deviation.abs().max()  # as in rmse, for the squares
    return float(1 - (error / largest).square().sum() / (deviation / largest).square().sum())
