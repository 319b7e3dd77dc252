"""A small network for tables of each task, its batches and its loss, for tests against formulas."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.vocabulary import Task
from chainrule.graph.graph import Graph
from chainrule.networks import network_named
from chainrule.plan import Parameters
from chainrule.training.objective.objective import Objective, objective_graph

FEATURES, WIDTHS, STEPS = 5, (7, 6, 4), 20
# Odd, so that two classes are never in balance: the first bias would have a gradient of 0 but for
# rounding, of which Adam makes a full step.
BATCH_SIZE = 7

Values = dict[str, Tensor]
ACTIVATIONS: dict[Task, str] = {"regression": "mish", "binary": "selu", "classification": "selu"}
CLASSES: dict[Task, int] = {"regression": 0, "binary": 2, "classification": 3}
every_task = pytest.mark.parametrize("task", ACTIVATIONS)


def beginning(name: str, task: Task) -> tuple[Graph, Parameters]:
    """The network of that name with its loss, and its first weights."""
    outputs = 3 if task == "classification" else 1
    network = network_named(name, outputs, layers=WIDTHS, activation=ACTIVATIONS[task])
    smoothing = 0.0 if task == "regression" else 0.1
    graph = objective_graph(network, (FEATURES,), task, CLASSES[task], Objective(None, smoothing))
    return graph, Parameters.initialised(graph, seed=0, dtype=torch.float64)


def batch_for(task: Task, seed: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(BATCH_SIZE, FEATURES, generator=draw, dtype=torch.float64)
    if task == "classification":
        return x, torch.randint(3, (BATCH_SIZE,), generator=draw)
    t = torch.randn(BATCH_SIZE, 1, generator=draw, dtype=torch.float64)
    return x, t if task == "regression" else (t > 0).double()


def smoothed_loss(task: Task, z: Tensor, t: Tensor) -> Tensor:
    """The loss of scores z, of labels that are smoothed by a tenth."""
    if task == "regression":
        return functional.mse_loss(z, t)
    if task == "binary":
        return functional.binary_cross_entropy_with_logits(z, 0.9 * t + 0.05)
    return functional.cross_entropy(z, t, label_smoothing=0.1)
