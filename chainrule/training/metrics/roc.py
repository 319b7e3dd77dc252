"""The area under the ROC curve: how well probabilities put the samples in order."""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor


def roc_auc(probabilities: Tensor, classes: Tensor) -> float | None:
    """Probability that a sample of a class is given more of it than a sample of another one.

    Of equal probabilities half counts. 1 is perfect, 0.5 is guessing; thresholds play no part, nor
    does how frequent a class is. Of yes; or of each class against the rest, and the mean of those.
    None if all samples are of one class; of more than two, those without a sample don't count.

    Shapes: probabilities (n, classes) with class indices (n,), or (n, 1) of yes with 0 or 1 (n, 1).
    Source: Fawcett (2006), An introduction to ROC analysis.
    """
    if probabilities.shape[-1] == 1:
        return _area(probabilities[:, 0], classes[:, 0] > 0.5)
    areas = [_area(column, classes == index) for index, column in enumerate(probabilities.T)]
    defined = [area for area in areas if area is not None]
    return fmean(defined) if defined else None


def _area(scores: Tensor, positive: Tensor) -> float | None:
    """Share of the pairs of a positive and a negative sample that stand in the right order.

    Pairs are counted by sorting, not one by one; it is the statistic of Mann & Whitney (1947).
    Shapes: both (n,).
    """
    of_positive, of_negative = scores[positive], scores[~positive].sort().values
    pairs = len(of_positive) * len(of_negative)
    if pairs == 0:
        return None
    below = torch.searchsorted(of_negative, of_positive)
    not_above = torch.searchsorted(of_negative, of_positive, right=True)
    return float((below + not_above).sum()) / (2 * pairs)
