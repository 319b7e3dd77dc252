"""Flatten: the features of each sample along one axis."""

import math
from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import BATCH
from chainrule.ops import Reshape


@dataclass(frozen=True)
class Flatten:
    """Reshapes x (batch, ...) to y (batch, features); copies nothing."""

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output."""
        features = math.prod(length for length in x.shape if length != BATCH)
        return graph.apply(Reshape((features,)), x, name=name)
