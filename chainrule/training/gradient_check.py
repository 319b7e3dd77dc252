"""Gradient check: comparison of backpropagation with numerical derivatives of the loss."""

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, check_type
from chainrule.graph.graph import Graph
from chainrule.layers import Network
from chainrule.numeric import GradientError, gradient_errors
from chainrule.plan import Parameters
from chainrule.ranges import Range
from chainrule.training.objective.objective import objective_graph

# Of the random values of parameters that begin at zero.
DEVIATION = 0.1


def check_gradients(
    network: Network,
    batch: tuple[Tensor, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, float]:
    """Return the largest relative error of backpropagation for each parameter, in float64.

    The gradients of training are compared with central differences of the loss. With a correct
    chain rule errors are at most 1e-6: a difference within the error of the central difference
    itself counts as less. A gradient that is wrong by 0.1 % or more gives a larger one, where the
    rounding of the loss does not hide it.
    Args:
        network: a network whose last layer fits the targets.
        batch: features (n, ...) and targets: class indices (n,), or numbers (n, 1) to predict.
        coordinates: number of weights of each parameter to check, drawn by the seed; None for all.
        seed: seed of the initial weights and of the draw.
    Returns:
        The error of each parameter. nan if it could not be checked: its gradient is zero, or too
        small to be measured, as that of a bias in front of batch normalisation.
    Raises:
        InputError: the network does not fit the targets.
    """
    errors = gradient_errors_of(network, batch, coordinates=coordinates, seed=seed)
    return {name: error.error for name, error in errors.items()}


def gradient_errors_of(
    network: Network,
    batch: tuple[Tensor, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, GradientError]:
    """Return how the gradients of each parameter compare; otherwise as `check_gradients`.

    Parameters that begin at zero, such as biases, are given random values: behind weights of zero
    all gradients are zero, and relu has a kink at zero.
    """
    check_type("check_gradients", "seed", seed, int, "a whole number")
    check_type("check_gradients", "coordinates", coordinates, int | None, "a whole number, or None")
    if coordinates is not None:
        Range(1, whole=True, example=100).check("check_gradients", "coordinates", coordinates)
    graph = graph_to_check(network, batch)
    values = dict(Parameters.initialised(graph, seed=seed, dtype=torch.float64).values)
    for name in graph.parameters:
        if not values[name].any():
            generator = randomness.generator(seed, "values to check at", name)
            values[name] = DEVIATION * torch.randn(
                values[name].shape, generator=generator, dtype=torch.float64
            )
    inputs = dict(zip(("x", "t"), batch, strict=True))
    return gradient_errors(graph, values, inputs, coordinates=coordinates, seed=seed)


def graph_to_check(network: Network, batch: tuple[Tensor, Tensor]) -> Graph:
    """Return the graph of a network and the loss that fits the targets, as `check_gradients` does.

    Raises:
        InputError: the network does not fit the targets.
    """
    check_type("check_gradients", "network", network, Network, "a Network")
    check_type("check_gradients", "batch", batch, (tuple, list), "features and targets")
    if len(batch) != 2 or not all(isinstance(part, Tensor) for part in batch):
        raise InputError("check_gradients: got another batch, expected two tensors: (x, targets).")
    features, targets = batch
    is_class = not targets.is_floating_point()
    task: Task = "classification" if is_class else "regression"
    classes = int(targets.max()) + 1 if is_class else 0
    return objective_graph(network, tuple(features.shape[1:]), task, classes)
