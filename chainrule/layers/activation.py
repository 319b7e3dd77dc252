"""Activation as a separate layer."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.layers.activations import activation, check_learns
from chainrule.layers.repr import constructor_repr


@dataclass(frozen=True, repr=False)
class Activation:
    """A function of each number, for networks with a layer between weights and activation.

    Example: Dense(50), BatchNorm(), Activation("relu"). Otherwise Dense(50, "relu") is shorter, and
    chooses the initialiser that suits the activation.
    Args:
        name: of the function, such as relu, sigmoid or tanh.
    Raises:
        InputError: there is no activation of that name, or no gradient passes it.
    """

    name: str

    def __post_init__(self) -> None:
        check_learns(self.name)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        return graph.apply(activation(self.name), x, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
