"""Top-k accuracy: whether the true class is among the k most probable ones."""

from __future__ import annotations

from torch import Tensor

from chainrule.training.metrics.mean import mean


def top_k_accuracy(
    probabilities: Tensor, classes: Tensor, k: int, weights: Tensor | None = None
) -> float:
    """Return the share of samples whose true class is among the k most probable ones.

    Ties are broken by the class index, so that uniform probabilities gain nothing.
    Shapes: probabilities (n, classes), class indices (n,), sample weights (n,).
    """
    first = probabilities.sort(dim=1, descending=True, stable=True).indices[:, :k]
    return mean((first == classes.unsqueeze(1)).any(1), weights)


def top_5_accuracy(
    probabilities: Tensor, classes: Tensor, weights: Tensor | None = None
) -> float | None:
    """Return the share of samples whose true class is among the five most probable ones.

    None for at most five classes, where it is always 1.
    """
    if probabilities.shape[1] <= 5:
        return None
    return top_k_accuracy(probabilities, classes, 5, weights)
