"""Step 2: initial weights, drawn by the seed, and fitted to samples for layers that require it."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.graph import Graph, Value
from chainrule.plan import Parameters, Plans
from chainrule.training.model.inference import compute_predictions
from chainrule.training.samples.samples import Samples

# The deviation of a unit's sums then has a relative error of 1 percent, 1 / sqrt(2 n).
MOST_SAMPLES = 8192


def initialise(graph: Graph, parameters: Parameters, samples: Samples, *, seed: int) -> None:
    """Set all parameters and states to their initial values.

    Layers are fitted in order, each to its weighted sums of the outputs of the fitted layers before
    it; in evaluation mode, so that nothing is dropped.
    Args:
        graph: the graph of one network.
        parameters: its parameters, without an axis of members.
        samples: the training samples; at most `MOST_SAMPLES` of them are drawn.
        seed: seed of the random draws.
    """
    parameters.initialise(graph, seed=seed)
    if not graph.fits:
        return
    order = torch.randperm(
        len(samples), generator=randomness.generator(seed, "samples of first weights")
    )
    features = samples.features[order[:MOST_SAMPLES].sort().values]
    for start in graph.fits:
        weights, bias = parameters.values[start.weights], parameters.values[start.bias]
        z = _compute(start.z, graph, parameters, features)
        draw = randomness.generator(seed, "weights fitted to samples", start.weights)
        start.initialiser.fit(weights, bias, z, draw)


def _compute(value: Value, graph: Graph, parameters: Parameters, features: Tensor) -> Tensor:
    """Return a value of the graph for all of these samples."""
    subgraph = copy.copy(graph)
    subgraph.outputs = {"prediction": value}
    return compute_predictions(Plans(subgraph, parameters, "evaluate", ["prediction"]), features)
