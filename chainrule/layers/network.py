"""Network: layers in a row."""

from collections.abc import Sequence
from typing import Protocol

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value


class Layer(Protocol):
    """What a network is made of."""

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph under that name and return its output."""
        ...


class Network:
    """Layers, each reading what the one before it makes.

    A network is a description and has no weights: training gives a model, which does. One network
    can be trained on many data sets; its first layer takes as many features as there are.
    Raises:
        InputError: there are no layers.

    >>> from chainrule.layers import Dense
    >>> Network(Dense(50, "relu"), Dense(10))
    Network(Dense(50, 'relu'), Dense(10))
    """

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise InputError("Network() has no layers; expected at least one, such as Dense(10).")
        self.layers: Sequence[Layer] = layers

    def build(self, graph: Graph, x: Value) -> Value:
        """Add all layers to the graph and return the last one's output."""
        return build_in_a_row(self.layers, graph, x)

    def __repr__(self) -> str:
        """As it would be written."""
        return f"Network({', '.join(map(repr, self.layers))})"


def build_in_a_row(layers: Sequence[Layer], graph: Graph, x: Value, within: str = "") -> Value:
    """Add layers to the graph, each reading what the one before it makes; the last one's output.

    Args:
        layers: to add, named by their kind and their number, such as dense_1.
        graph: that gets them.
        x: what the first one reads.
        within: stands before the names, for layers of a layer.
    """
    for number, layer in enumerate(layers, start=1):
        x = layer.build(graph, x, f"{within}{type(layer).__name__.lower()}_{number}")
    return x
