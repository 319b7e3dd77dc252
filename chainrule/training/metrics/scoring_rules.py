"""Proper scoring rules: scores of probabilities that are best where these are the true ones.

In all of them probabilities p are (n, classes) with class indices (n,), or (n, 1) of yes with 0
for no and 1 for yes (n, 1). Source: Gneiting & Raftery (2007), Strictly proper scoring rules,
prediction, and estimation, section 3.
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot


def log_loss(probabilities: Tensor, classes: Tensor) -> float:
    """Mean of -log p of the true class; 0 is perfect, log(classes) is guessing evenly.

    Probabilities are kept above the smallest relative step of their type (1.2e-7 in float32) and
    as far below 1, as scikit-learn does: a single certain mistake would make it infinite.
    """
    p = probabilities.double()
    if probabilities.shape[-1] == 1:
        of_truth = torch.where(classes > 0.5, p, 1 - p)
    else:
        of_truth = p.gather(1, classes.unsqueeze(1))
    step = torch.finfo(probabilities.dtype).eps
    return float(-of_truth.clamp(step, 1 - step).log().mean())


def brier_score(probabilities: Tensor, classes: Tensor) -> float:
    """Mean squared distance of the probabilities from the truth; 0 is perfect.

    Of yes and no (p - t)^2, at most 1. Of more classes the sum of it over the classes, at most 2,
    as in Brier (1950), Verification of forecasts expressed in terms of probability.
    """
    binary = probabilities.shape[-1] == 1
    truth = classes if binary else one_hot(classes, probabilities.shape[-1])
    return float((probabilities.double() - truth).square().sum(1).mean())
