"""Baseline: the score of guessing without looking, which a useful model has to beat."""

import torch

from chainrule.training.evaluation import Samples
from chainrule.training.metrics import measure
from chainrule.training.model import Model


def baseline(model: Model, training: Samples, test: Samples) -> dict[str, float]:
    """Metrics on the test samples of always predicting what is most likely in training.

    That is the mean of the numbers, or the share of each class.
    """
    targets = training.targets
    if model.task == "classification":
        guess = torch.bincount(targets, minlength=len(model.preparation.class_names)).float()
        guess /= len(targets)
    else:
        guess = targets.mean(0)
    guesses = guess.expand(len(test), -1)
    return measure(model.task, model.in_persons_unit(guesses), model.in_persons_unit(test.targets))
