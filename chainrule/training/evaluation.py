"""Evaluation: predictions and losses of samples that training does not touch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.data.preparation.byte_features import ByteFeatures
from chainrule.plan import Plans

# Samples computed at a time: enough to keep the processor busy, little memory.
CHUNK = 1024


@dataclass(frozen=True)
class Samples:
    """Prepared samples.

    Attributes:
        features: (n, ...), pictures as their bytes; any rows of them are float32.
        targets: (n,) class indices, or (n, 1) numbers.
        weights: (n,) by which the losses count, where they do not all count alike.
    """

    features: Tensor | ByteFeatures
    targets: Tensor
    weights: Tensor | None = None

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.features)

    def take(self, rows: Tensor) -> Samples:
        """Some of them, by their indices."""
        features = self.features
        return Samples(
            features.take(rows) if isinstance(features, ByteFeatures) else features[rows],
            self.targets[rows],
            None if self.weights is None else self.weights[rows],
        )


def fill_targets(t: Tensor, targets: Tensor, rows: Tensor) -> None:
    """The targets of some rows, as a plan wants them.

    Args:
        t: input of a plan, (batch,) or (batch, 1) like the targets, or (batch, classes) for
            one-hot rows of class indices.
        targets: (n,) or (n, 1).
        rows: (batch,).
    """
    if t.dim() == targets.dim():
        torch.index_select(targets, 0, rows, out=t)
    else:
        t.zero_().scatter_(1, targets[rows].unsqueeze(1), 1)


def predictions(plans: Plans, features: Tensor | ByteFeatures) -> Tensor:
    """The output "prediction" for all samples, (n, outputs).

    Args:
        plans: of the outputs ["prediction"], in evaluation.
        features: (n, ...).
    """
    parts = []
    for start in range(0, len(features), CHUNK):
        chunk = features[start : start + CHUNK]
        plan = plans.for_batch(len(chunk))
        plan.inputs["x"].copy_(chunk)
        plan.forward()
        parts.append(plan.outputs["prediction"].clone())
    return torch.cat(parts)


def evaluate(plans: Plans, samples: Samples) -> tuple[float, Tensor]:
    """The mean loss over all samples, weighted if they are, and their predictions (n, outputs).

    Args:
        plans: of all outputs, in evaluation.
        samples: at least one.
    """
    total, parts = 0.0, []
    for rows in torch.split(torch.arange(len(samples)), CHUNK):
        plan = plans.for_batch(len(rows))
        plan.inputs["x"].copy_(samples.features[rows[0] : rows[-1] + 1])
        fill_targets(plan.inputs["t"], samples.targets, rows)
        if "weights" in plan.inputs:
            weights = samples.weights
            plan.inputs["weights"].copy_(torch.ones(()) if weights is None else weights[rows])
        plan.forward()
        total += float(plan.outputs["loss"]) * len(rows)
        parts.append(plan.outputs["prediction"].clone())
    return total / len(samples), torch.cat(parts)
