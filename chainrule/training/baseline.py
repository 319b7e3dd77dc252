"""Baseline: the score of guessing without looking, which a useful model has to beat."""

import torch
from torch import Tensor

from chainrule.data import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.training.evaluation import Samples
from chainrule.training.metrics import measure
from chainrule.training.model import Model


def baseline(model: Model, test: Samples) -> dict[str, float]:
    """Metrics on the test samples of always predicting what is most likely in training.

    That is the mean of the numbers, or the share of each class.
    """
    guesses = _guess(model.preparation).expand(len(test), -1)
    return measure(model.task, model.in_persons_unit(guesses), model.in_persons_unit(test.targets))


def _guess(preparation: Preparation) -> Tensor:
    """The prediction of one sample, (outputs,): standardised numbers have the mean 0."""
    target = preparation.target
    if not isinstance(target, ClassTarget):
        return torch.zeros(1)
    shares = torch.tensor(target.counts, dtype=torch.float64) / sum(target.counts)
    return (shares[1:] if preparation.task == "binary" else shares).to(torch.float32)
