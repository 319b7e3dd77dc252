"""Gradient check: comparison of backpropagation with numerical derivatives of the loss."""

import torch
from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.graph.graph import Graph
from chainrule.layers import Network
from chainrule.numeric import relative_errors
from chainrule.plan import Parameters
from chainrule.training.objective.objective import objective_graph


def check_gradients(
    network: Network,
    batch: tuple[Tensor, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, float]:
    """Return the largest relative error of backpropagation for each parameter, in float64.

    The gradients of training are compared with central differences of the loss. With a correct
    chain rule errors are below 1e-6; otherwise they are much larger.
    Args:
        network: a network whose last layer fits the targets.
        batch: features (n, ...) and targets: class indices (n,), or numbers (n, 1) to predict.
        coordinates: number of weights of each parameter to check, drawn by the seed; None for all.
        seed: seed of the initial weights and of the draw.
    Returns:
        The error of each parameter: the largest difference over the largest gradient element.
    Raises:
        InputError: the network does not fit the targets.
    """
    graph = graph_to_check(network, batch)
    parameters = Parameters.initialised(graph, seed=seed, dtype=torch.float64)
    inputs = dict(zip(("x", "t"), batch, strict=True))
    return relative_errors(graph, parameters.values, inputs, coordinates=coordinates, seed=seed)


def graph_to_check(network: Network, batch: tuple[Tensor, Tensor]) -> Graph:
    """Return the graph of a network and the loss that fits the targets, as `check_gradients` does.

    Raises:
        InputError: the network does not fit the targets.
    """
    features, targets = batch
    is_class = not targets.is_floating_point()
    task: Task = "classification" if is_class else "regression"
    classes = int(targets.max()) + 1 if is_class else 0
    return objective_graph(network, tuple(features.shape[1:]), task, classes)
