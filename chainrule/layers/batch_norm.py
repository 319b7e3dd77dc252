"""BatchNorm: batch normalisation as a layer."""

import math
from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import BATCH
from chainrule.layers.initialisers import Zeros
from chainrule.layers.initialisers.ones import Ones
from chainrule.ops import BatchNormalisation


@dataclass(frozen=True)
class BatchNorm:
    """Each feature, or channel of a picture, normalised to mean 0 and deviation 1 in the batch.

    Then scaled and shifted by learned numbers, initially 1 and 0. Evaluation uses running
    statistics, in which each batch has a weight of 0.1. Used between weights and activation:
    Dense(50), BatchNorm(), Activation("relu").
    Source: Ioffe & Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift.
    """

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        features = (int(x.shape[-1]),)
        scale = graph.parameter(f"{name}.scale", features, Ones())
        shift = graph.parameter(f"{name}.shift", features, Zeros())
        mean = graph.state(f"{name}.running_mean", features, Zeros())
        variance = graph.state(f"{name}.running_variance", features, Ones())
        return graph.apply(BatchNormalisation(), x, scale, shift, mean, variance, name=name)


def smallest_batch(graph: Graph) -> int:
    """Return the smallest batch size with which every parameter of a graph can learn: 2 or 1.

    Batch normalisation needs 2 values of each feature: with one, its output is its shift alone.
    Pictures have more than one in each sample.
    """
    single = any(
        isinstance(node.operation, BatchNormalisation) and _positions(node.inputs[0]) == 1
        for node in graph.nodes
    )
    return 2 if single else 1


def _positions(x: Value) -> int:
    """Count the values of each feature in a sample."""
    return math.prod(length for length in x.shape[:-1] if length != BATCH)
