"""Weights of samples in the loss: sample weights times class weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.data.columns.sample_weights import weights_of
from chainrule.data.dataset import Dataset
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.errors import InputError


@dataclass(frozen=True, eq=False)
class Weighting:
    """weight = (sample weight) x (class weight), scaled to a mean of 1 over the training samples.

    So the same learning rate suits training with and without weights. Balanced class weights are
    those of `ClassTarget.balanced_weights`, which give all classes the same total weight.
    Attributes:
        classes: the weight of each class; None if all are 1.
        scale: the factor that makes the mean 1.
    """

    classes: Tensor | None
    scale: float = 1.0

    @classmethod
    def fit(
        cls, preparation: Preparation, training: Dataset, class_weight: str | None
    ) -> Weighting:
        """Fit the scale to the training rows.

        Raises:
            InputError: there are no classes to balance.
        """
        target, classes = preparation.target, None
        if class_weight is not None:
            if not isinstance(target, ClassTarget):
                raise InputError(
                    f"class_weight: got '{class_weight}', but the target '{target.name}' has "
                    "numbers; expected classes. Leave it out, or use sample_weight."
                )
            classes = torch.tensor(target.balanced_weights, dtype=torch.float64)
        own = sample_weights(training)
        # With balanced classes, too: their weights leave the sum of the sample weights as it is.
        return cls(classes, 1.0 if own is None else 1 / float(own.mean()))

    def of(self, data: Dataset, targets: Tensor) -> Tensor | None:
        """Return the weights of rows, float32 (rows,), or None if all are 1.

        Args:
            data: the rows.
            targets: their prepared targets.
        """
        own = sample_weights(data)
        if own is None and self.classes is None:
            return None
        weights = torch.ones(len(data), dtype=torch.float64) if own is None else own.clone()
        if self.classes is not None:
            weights *= self.classes[targets.flatten().to(torch.int64)]
        return (weights * self.scale).to(torch.float32)


def sample_weights(data: Dataset) -> Tensor | None:
    """Return the sample weights of rows, float64 (rows,), also if all are equal."""
    weights = weights_of(data)
    return None if weights is None else torch.from_numpy(weights)
