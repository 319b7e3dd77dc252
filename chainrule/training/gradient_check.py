"""The gradient check of a network: is its backpropagation the derivative of its loss?"""

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
    """The largest relative error of backpropagation for each parameter, in float64.

    Compared are the gradients that training would use with central differences of the loss. Where
    the chain rule is right, errors are below 1e-6; a wrong one is off by far more.
    Args:
        network: whose last layer fits the targets.
        batch: features (n, ...) and targets: whole numbers (n,) are classes, numbers (n, 1) are
            to be predicted.
        coordinates: how many weights of each parameter to check, drawn by the seed; None for all.
        seed: of the initial weights and of the draw.
    Returns:
        The error by parameter: the largest difference over the largest element of the gradient.
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
