"""Evaluation: predictions and losses of samples that training does not touch."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.plan import Plans

# Samples computed at a time: enough to keep the processor busy, little memory.
CHUNK = 1024


@dataclass(frozen=True)
class Samples:
    """Prepared samples: features (n, ...) and targets, (n,) class indices or (n, 1) numbers."""

    features: Tensor
    targets: Tensor

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.features)


def predictions(plans: Plans, features: Tensor) -> Tensor:
    """The output "prediction" for all samples, (n, outputs).

    Args:
        plans: of the outputs ["prediction"], in evaluation.
        features: (n, ...).
    """
    parts = []
    for chunk in torch.split(features, CHUNK):
        plan = plans.for_batch(len(chunk))
        plan.inputs["x"].copy_(chunk)
        plan.forward()
        parts.append(plan.outputs["prediction"].clone())
    return torch.cat(parts)


def evaluate(plans: Plans, samples: Samples) -> tuple[float, Tensor]:
    """The mean loss over all samples, and their predictions (n, outputs).

    Args:
        plans: of all outputs, in evaluation.
        samples: at least one.
    """
    total, parts = 0.0, []
    chunks = zip(
        torch.split(samples.features, CHUNK), torch.split(samples.targets, CHUNK), strict=True
    )
    for features, targets in chunks:
        plan = plans.for_batch(len(features))
        plan.inputs["x"].copy_(features)
        plan.inputs["t"].copy_(targets)
        plan.forward()
        total += float(plan.outputs["loss"]) * len(features)
        parts.append(plan.outputs["prediction"].clone())
    return total / len(samples), torch.cat(parts)
