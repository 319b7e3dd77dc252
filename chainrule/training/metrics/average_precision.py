"""Average precision: the area below the curve of precision over recall."""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor


def average_precision(
    probabilities: Tensor, classes: Tensor, weights: Tensor | None = None
) -> float | None:
    """Return the mean precision over the positive samples, each taken as the threshold.

    AP = sum over the thresholds of (R_n - R_(n-1)) P_n, with recall R_n and precision P_n of the
    samples of at least that probability. Random ranking gives the share of the class, so it says
    more about a rare class than the area under the ROC curve. For two classes it is that of the
    positive one; for more the mean over each class against the rest, without classes that have no
    samples. None without positive samples.

    Shapes: probabilities (n, classes) with class indices (n,); or of the positive class (n, 1) with
    0 and 1 (n, 1); sample weights (n,).
    Source: Zhu (2004), Recall, precision and average precision.
    """
    weights = torch.ones(len(classes)) if weights is None else weights
    if probabilities.shape[-1] == 1:
        return _of_class(probabilities[:, 0], classes[:, 0] > 0.5, weights.double())
    scores = [
        _of_class(column, classes == index, weights.double())
        for index, column in enumerate(probabilities.T)
    ]
    defined = [score for score in scores if score is not None]
    return fmean(defined) if defined else None


def _of_class(probabilities: Tensor, positive: Tensor, weights: Tensor) -> float | None:
    """Return the average precision of one class; shapes (n,)."""
    if not positive.any():
        return None
    ordered = probabilities.sort(descending=True)
    hits = (positive * weights)[ordered.indices].cumsum(0)
    # Equal probabilities are one threshold, which all of them pass: take the last of each.
    last = torch.ones_like(positive)
    last[:-1] = ordered.values.diff().ne(0)
    thresholds = last.nonzero()[:, 0]
    true, passed = hits[thresholds], weights[ordered.indices].cumsum(0)[thresholds]
    gained = true.diff(prepend=true.new_zeros(1))
    return float((gained * true / passed).sum() / hits[-1])
