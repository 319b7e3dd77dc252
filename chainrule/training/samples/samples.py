"""Prepared features, targets and weights, as tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from chainrule.data.preparation.byte_features import ByteFeatures


@dataclass(frozen=True)
class Samples:
    """Prepared samples.

    Attributes:
        features: (n, ...), pictures stored as bytes; indexing gives float32.
        targets: (n,) class indices, or (n, 1) numbers.
        weights: (n,), of the losses; None if all are equal.
        sample_weights: (n,), of the metrics, without class weights; None if all are equal.
    """

    features: Tensor | ByteFeatures
    targets: Tensor
    weights: Tensor | None = None
    sample_weights: Tensor | None = None

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.features)

    def take(self, rows: Tensor) -> Samples:
        """Return some of the samples, by their indices."""
        features = self.features
        return Samples(
            features.take(rows) if isinstance(features, ByteFeatures) else features[rows],
            self.targets[rows],
            None if self.weights is None else self.weights[rows],
            None if self.sample_weights is None else self.sample_weights[rows],
        )

    def in_precision(self, dtype: torch.dtype) -> Samples:
        """Return the same samples with features, numbers to predict and weights of this type."""
        features, targets = self.features, self.targets
        return Samples(
            replace(features, values=features.values.to(dtype))
            if isinstance(features, ByteFeatures)
            else features.to(dtype),
            targets.to(dtype) if targets.is_floating_point() else targets,
            None if self.weights is None else self.weights.to(dtype),
            self.sample_weights,
        )


def fill_targets(t: Tensor, targets: Tensor, rows: Tensor) -> None:
    """Write the targets of some rows into the input of a plan.

    Args:
        t: input of a plan, (batch,) or (batch, 1) as the targets, or (batch, classes) for one-hot
            targets.
        targets: (n,) or (n, 1).
        rows: (batch,).
    """
    if t.dim() == targets.dim():
        torch.index_select(targets, 0, rows, out=t)
    else:
        t.zero_().scatter_(1, targets[rows].unsqueeze(1), 1)
