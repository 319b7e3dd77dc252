"""Constant loss: the training loss of always predicting the same, with which a run is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from chainrule.data.preparation.weighted import quantiles
from chainrule.data.vocabulary import Task
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters, Plans
from chainrule.training.objective.objective import Objective, objective_graph
from chainrule.training.samples.samples import Samples, fill_targets

# Samples in a chunk.
CHUNK = 1024


def constant_loss(
    objective: Objective, task: Task, classes: Sequence[str], samples: Samples
) -> float:
    """Return the lowest training loss of a constant: the class frequencies, the mean or the median.

    A training loss that is not clearly below shows that nothing was learned.
    Args:
        objective: the objective of the training.
        task: task of the samples.
        classes: names of the classes; none for numbers.
        samples: prepared training samples.
    """
    outputs = len(classes) if task == "classification" else samples.targets.shape[1]
    network = Network(Dense(outputs))
    graph = objective_graph(network, (1,), task, len(classes), objective, outputs=outputs)
    parameters = Parameters.zeros(graph)
    (bias,) = (value for name, value in parameters.values.items() if name.endswith(".bias"))
    losses = []
    for scores in _constant_scores(objective, task, outputs, samples):
        bias.copy_(scores)
        losses.append(_loss(Plans(graph, parameters, "train", ["loss"]), samples))
    return min(losses)


def _constant_scores(
    objective: Objective, task: Task, outputs: int, samples: Samples
) -> Iterator[Tensor]:
    """Yield scores, (outputs,), that predict the frequencies, or the mean and the median."""
    targets = samples.targets.double()
    weights = torch.ones(len(samples)) if samples.weights is None else samples.weights
    shares = (weights / weights.sum()).double().unsqueeze(1)
    smoothing = objective.label_smoothing
    if task == "regression":
        yield (shares * targets).sum(0)
        medians = [quantiles(t.numpy(), weights.double().numpy(), [0.5]) for t in targets.T]
        yield torch.from_numpy(np.concatenate(medians))
    elif task == "binary":
        mean = (1 - smoothing) * (shares * targets).sum(0) + smoothing / 2
        yield mean.logit(1e-6)
    else:
        frequencies = torch.zeros(outputs, dtype=torch.float64)
        frequencies.index_add_(0, samples.targets, shares[:, 0])
        yield ((1 - smoothing) * frequencies + smoothing / outputs).clamp(min=1e-6).log()


def _loss(plans: Plans, samples: Samples) -> float:
    """Return the mean loss of samples, whose features do not matter."""
    total = 0.0
    for rows in torch.split(torch.arange(len(samples)), CHUNK):
        plan = plans.for_batch(len(rows))
        plan.inputs["x"].zero_()
        fill_targets(plan.inputs["t"], samples.targets, rows)
        if "weights" in plan.inputs and samples.weights is not None:
            plan.inputs["weights"].copy_(samples.weights[rows])
        plan.forward()
        total += float(plan.outputs["loss"]) * len(rows)
    return total / len(samples)
