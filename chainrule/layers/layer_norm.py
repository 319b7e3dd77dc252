"""LayerNorm: layer normalisation as a layer."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.layers.initialisers import Zeros
from chainrule.layers.initialisers.ones import Ones
from chainrule.ops import LayerNormalisation


@dataclass(frozen=True)
class LayerNorm:
    """The features of each sample, normalised to mean 0 and deviation 1.

    Then scaled and shifted by learned numbers, initially 1 and 0. Unlike BatchNorm it needs no
    other sample: it does the same in training and evaluation, for batches of any size.
    Source: Ba, Kiros & Hinton (2016), Layer normalization.
    """

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        features = (int(x.shape[-1]),)
        scale = graph.parameter(f"{name}.scale", features, Ones())
        shift = graph.parameter(f"{name}.shift", features, Zeros())
        return graph.apply(LayerNormalisation(), x, scale, shift, name=name)
