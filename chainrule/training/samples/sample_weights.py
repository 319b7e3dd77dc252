"""Weights of samples in the loss: sample weights times class weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.errors import InputError


@dataclass(frozen=True, eq=False)
class Weighting:
    """weight = (sample weight) x (class weight), scaled to a mean of 1 over the training samples.

    So the same learning rate suits training with and without weights. Balanced class weights are
    n / (k n_c), with n training samples in k classes and n_c of them in class c, which gives all
    classes the same total weight.
    Source: King & Zeng (2001), Logistic regression in rare events data, section 4.2.
    Attributes:
        own: the sample weight of each row of the data; None if all are 1.
        classes: the weight of each class; None if all are 1.
        scale: the factor that makes the mean 1.
    """

    own: NDArray[np.float64] | None
    classes: Tensor | None
    scale: float = 1.0

    @classmethod
    def fit(
        cls,
        preparation: Preparation,
        own: NDArray[np.float64] | None,
        training: NDArray[np.int64],
        class_weight: str | None,
    ) -> Weighting:
        """Fit the scale to the training rows.

        Raises:
            InputError: there are no classes to balance, or all training weights are 0.
        """
        target, classes = preparation.target, None
        if class_weight is not None:
            if not isinstance(target, ClassTarget):
                raise InputError(
                    f"class_weight: got '{class_weight}', but the target '{target.name}' has "
                    "numbers; expected classes. Leave it out, or use sample_weight."
                )
            classes = torch.tensor(target.balanced_weights, dtype=torch.float64)
        mean = 1.0 if own is None else float(own[training].mean())
        if mean == 0:
            raise InputError(
                "sample_weight: got the weight 0 for every training sample, expected some above 0. "
                "Give other weights, or another seed for the split."
            )
        return cls(own, classes, 1 / mean)

    def of(self, targets: Tensor, rows: NDArray[np.int64]) -> Tensor | None:
        """Return the weights of some rows, float32 (rows,), or None if all are 1.

        Args:
            targets: prepared targets of the rows.
            rows: indices of the rows in the data.
        """
        if self.own is None and self.classes is None:
            return None
        weights = torch.ones(len(rows), dtype=torch.float64)
        if self.own is not None:
            weights *= torch.from_numpy(self.own[rows])
        if self.classes is not None:
            weights *= self.classes[targets.flatten().to(torch.int64)]
        return (weights * self.scale).to(torch.float32)
