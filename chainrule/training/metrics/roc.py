"""The area under the ROC curve: how well probabilities rank the samples."""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor


def roc_auc(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float | None:
    """Return the probability that a sample of a class is ranked above a sample of another class.

    Ties count half. 1 is perfect, 0.5 is random; it depends neither on a threshold nor on the
    frequency of the classes. For two classes it is that of the positive one; for more the mean over
    each class against the rest, without classes that have no samples. None if all samples are of
    one class.

    Shapes: probabilities (n, classes) with class indices (n,); or of the positive class (n, 1) with
    0 and 1 (n, 1); sample weights (n,), of which a pair has the product.
    Source: Fawcett (2006), An introduction to ROC analysis.
    """
    if probabilities.shape[-1] == 1:
        return _area(probabilities[:, 0], classes[:, 0] > 0.5, weights)
    areas = [
        _area(column, classes == index, weights) for index, column in enumerate(probabilities.T)
    ]
    defined = [area for area in areas if area is not None]
    return fmean(defined) if defined else None


def _area(scores: Tensor, positive: Tensor, weights: Tensor | None) -> float | None:
    """Return the share of pairs of a positive and a negative sample that are ranked correctly.

    Pairs are counted by sorting, not one by one; it is the statistic of Mann & Whitney (1947).
    Shapes: all (n,).
    """
    weights = torch.ones(len(scores)) if weights is None else weights
    weights = weights.double()
    negatives, order = scores[~positive].sort()
    if len(negatives) in (0, len(scores)):
        return None
    of_positives, of_negatives = weights[positive], weights[~positive][order]
    # Up to each negative, the total weight; whole numbers are summed exactly.
    total = torch.cat([torch.zeros(1, dtype=torch.float64), of_negatives.cumsum(0)])
    below = total[torch.searchsorted(negatives, scores[positive])]
    not_above = total[torch.searchsorted(negatives, scores[positive], right=True)]
    pairs = of_positives.sum() * total[-1]
    return float((of_positives * (below + not_above)).sum() / (2 * pairs))
