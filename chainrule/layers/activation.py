"""Activation as a layer of its own."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.layers.activations import activation, check_learns
from chainrule.layers.repr import constructor_repr


@dataclass(frozen=True, repr=False)
class Activation:
    """A function of each number, for where something stands between weights and activation.

    Dense(50), BatchNorm(), Activation("relu"). Otherwise Dense(50, "relu") is shorter, and knows
    the initialiser that suits.
    Args:
        name: of the function, such as relu, sigmoid or tanh.
    Raises:
        InputError: there is no such activation, or no gradient passes it.
    """

    name: str

    def __post_init__(self) -> None:
        check_learns(self.name)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        return graph.apply(activation(self.name), x, name=name)

    def __repr__(self) -> str:
        """As it would be written."""
        return constructor_repr(self)
