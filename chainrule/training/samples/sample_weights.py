"""Weighting: how much each sample counts in the loss, by its own weight and by its class."""

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
    """weight = (own weight) x (weight of the class), scaled to a mean of 1 over training samples.

    So a learning rate means the same with weights and without. Balanced classes weigh n / (k n_c),
    with n training samples in k classes and n_c of them in class c: all classes then count alike.
    Source: King & Zeng (2001), Logistic regression in rare events data, section 4.2.
    Attributes:
        own: weight of each row of the data; None if all are 1.
        classes: weight of each class; None if all are 1.
        scale: makes the mean 1.
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
        """Learn the scale from the training rows.

        Raises:
            InputError: there are no classes to balance, or all training rows weigh nothing.
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
        """The weights of some rows, float32 (rows,), or None if all are 1.

        Args:
            targets: of these rows, prepared.
            rows: of the data.
        """
        if self.own is None and self.classes is None:
            return None
        weights = torch.ones(len(rows), dtype=torch.float64)
        if self.own is not None:
            weights *= torch.from_numpy(self.own[rows])
        if self.classes is not None:
            weights *= self.classes[targets.flatten().to(torch.int64)]
        return (weights * self.scale).to(torch.float32)
