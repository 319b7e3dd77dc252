"""Top-k accuracy: whether the true class is among the k most probable ones."""

from __future__ import annotations

from torch import Tensor


def top_k_accuracy(probabilities: Tensor, classes: Tensor, k: int) -> float:
    """Return the share of samples whose true class is among the k most probable ones.

    Ties are broken by the class index, so that uniform probabilities gain nothing.
    Shapes: probabilities (n, classes), class indices (n,).
    """
    first = probabilities.sort(dim=1, descending=True, stable=True).indices[:, :k]
    return float((first == classes.unsqueeze(1)).any(1).double().mean())


def top_5_accuracy(probabilities: Tensor, classes: Tensor) -> float | None:
    """Return the share of samples whose true class is among the five most probable ones.

    None for at most five classes, where it is always 1.
    """
    return top_k_accuracy(probabilities, classes, 5) if probabilities.shape[1] > 5 else None
