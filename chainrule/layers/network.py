"""Network: a sequence of layers."""

from collections.abc import Sequence
from typing import Protocol

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value


class Layer(Protocol):
    """Interface of the parts of a network."""

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph under that name and return its output."""
        ...


class Network:
    """A sequence of layers, each reading the output of the one before it.

    A network is a description without weights: training returns a model, which has them. One
    network can be trained on many data sets; its first layer takes any number of features.
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
        """Add all layers to the graph and return the output of the last one."""
        return build_layers(self.layers, graph, x)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return f"Network({', '.join(map(repr, self.layers))})"


def build_layers(layers: Sequence[Layer], graph: Graph, x: Value, within: str = "") -> Value:
    """Add a sequence of layers to the graph and return the output of the last one.

    Args:
        layers: to add, named by kind and number, such as dense_1.
        graph: to add them to.
        x: input of the first layer.
        within: prefix of the names, for layers inside a layer.
    """
    for number, layer in enumerate(layers, start=1):
        x = layer.build(graph, x, f"{within}{type(layer).__name__.lower()}_{number}")
    return x
