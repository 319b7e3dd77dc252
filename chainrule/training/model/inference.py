"""Inference: predictions and losses of a network."""

from __future__ import annotations

import torch
from torch import Tensor

from chainrule.data.preparation.byte_features import ByteFeatures
from chainrule.plan import Plans
from chainrule.training.samples.samples import Samples, fill_targets

# Samples in a chunk: enough to use the processor well, with little memory.
CHUNK = 1024


def compute_predictions(plans: Plans, features: Tensor | ByteFeatures) -> Tensor:
    """Return the output "prediction" for all samples, (n, outputs).

    Args:
        plans: evaluation plans of the outputs ["prediction"].
        features: prepared features, (n, ...).
    """
    parts = []
    for start in range(0, len(features), CHUNK):
        chunk = features[start : start + CHUNK]
        plan = plans.for_batch(len(chunk))
        plan.inputs["x"].copy_(chunk)
        plan.forward()
        parts.append(plan.outputs["prediction"].clone())
    return torch.cat(parts)


def compute_loss_and_predictions(plans: Plans, samples: Samples) -> tuple[float, Tensor]:
    """Return the mean loss, weighted if samples are, and the predictions (n, outputs).

    Args:
        plans: evaluation plans of all outputs.
        samples: prepared samples, at least one.
    """
    total, count, parts = 0.0, 0.0, []
    for rows in torch.split(torch.arange(len(samples)), CHUNK):
        plan = plans.for_batch(len(rows))
        plan.inputs["x"].copy_(samples.features[rows[0] : rows[-1] + 1])
        fill_targets(plan.inputs["t"], samples.targets, rows)
        weights = torch.ones(len(rows))
        if "weights" in plan.inputs and samples.weights is not None:
            weights = samples.weights[rows]
        if "weights" in plan.inputs:
            plan.inputs["weights"].copy_(weights)
        count += float(weights.double().sum())
        plan.forward()
        total += float(plan.outputs["loss"]) * len(rows)
        parts.append(plan.outputs["prediction"].clone())
    return total / count, torch.cat(parts)
