"""Proper scoring rules: metrics of probabilities that are best for the true probabilities.

All functions take probabilities p (n, classes) with class indices (n,); or, for two classes,
probabilities of the positive class (n, 1) with 0 and 1 (n, 1). With sample weights, (n,), a sample
of weight 2 counts as two.

Source: Gneiting & Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
section 3.
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from chainrule.training.metrics.mean import mean


def log_loss(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the mean of -log p of the true class; 0 is perfect, log(classes) is uniform.

    As in scikit-learn, probabilities are clipped to the machine epsilon of their type (1.2e-7 in
    float32) and to 1 minus it: a single mistake of probability 1 would make the loss infinite.
    """
    return mean(log_losses(probabilities, classes), weights)


def log_losses(probabilities: Tensor, classes: Tensor) -> Tensor:
    """Return the log loss of each sample, float64 (n,)."""
    p = probabilities.double()
    if probabilities.shape[-1] == 1:
        p_true = torch.where(classes > 0.5, p, 1 - p)
    else:
        p_true = p.gather(1, classes.unsqueeze(1))
    epsilon = torch.finfo(probabilities.dtype).eps
    return -p_true.clamp(epsilon, 1 - epsilon).log()[:, 0]


def brier_score(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the mean squared distance of the probabilities from the truth; 0 is perfect.

    For two classes (p - t)^2, at most 1; for more the sum of it over the classes, at most 2, as in
    Brier (1950), Verification of forecasts expressed in terms of probability.
    """
    return mean(brier_scores(probabilities, classes), weights)


def brier_scores(probabilities: Tensor, classes: Tensor) -> Tensor:
    """Return the squared distance of each sample, float64 (n,)."""
    binary = probabilities.shape[-1] == 1
    truth = classes if binary else one_hot(classes, probabilities.shape[-1])
    return (probabilities.double() - truth).square().sum(1)
