"""Step 2: the first weights, drawn by the seed, and fitted to samples where a layer asks for it."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.graph import Graph, Value
from chainrule.plan import Parameters, Plans
from chainrule.training.model.inference import predictions
from chainrule.training.samples.samples import Samples

# The deviation of a unit's sums then has a relative error of 1 percent, 1 / sqrt(2 n).
MOST_SAMPLES = 8192


def initialise(graph: Graph, parameters: Parameters, samples: Samples, *, seed: int) -> None:
    """Give all parameters and states their first values.

    Layers are fitted one after the other, each to its sums of the outputs of the layers before it,
    which are fitted already; as in evaluation, so that nothing is dropped.
    Args:
        graph: of one network.
        parameters: of it, without members.
        samples: to learn from; of very many some, drawn at random.
        seed: same seed and samples, same values.
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
        z = _computed(start.z, graph, parameters, features)
        draw = randomness.generator(seed, "weights fitted to samples", start.weights)
        start.initialiser.fit(weights, bias, z, draw)


def _computed(value: Value, graph: Graph, parameters: Parameters, features: Tensor) -> Tensor:
    """Return a value of the graph for all of these samples."""
    wanted = copy.copy(graph)
    wanted.outputs = {"prediction": value}
    return predictions(Plans(wanted, parameters, "evaluate", ["prediction"]), features)
