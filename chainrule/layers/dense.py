"""Dense: every unit sees every feature."""

from dataclasses import dataclass

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.layers.activations import activation, initialiser_for
from chainrule.layers.flatten import Flatten
from chainrule.layers.initialisers import Zeros
from chainrule.ops import Linear


@dataclass(frozen=True)
class Dense:
    """A fully connected layer: z = W x + b, a = f(z).

    Samples with more than one axis, such as pictures, are flattened first. Biases begin at 0.
    Args:
        units: number of outputs.
        activation: name of f: relu, sigmoid or tanh; None for a = z.
        initialiser: of W; where none is given He for relu, Xavier otherwise.
    Raises:
        InputError: units is not positive, or there is no such activation.
    """

    units: int
    activation: str | None = None
    initialiser: Initialiser | None = None

    def __post_init__(self) -> None:
        if self.units < 1:
            raise InputError(f"Dense({self.units}) has no units; expected at least 1.")
        initialiser_for(self.activation)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, units)."""
        if len(x.shape) > 2:
            x = Flatten().build(graph, x, f"{name}.flat")
        features = int(x.shape[-1])
        initialiser = self.initialiser or initialiser_for(self.activation)
        w = graph.parameter(f"{name}.weights", (self.units, features), initialiser)
        b = graph.parameter(f"{name}.bias", (self.units,), Zeros())
        if self.activation is None:
            return graph.apply(Linear(), x, w, b, name=name)
        z = graph.apply(Linear(), x, w, b, name=f"{name}.z")
        return graph.apply(activation(self.activation), z, name=name)

    def __repr__(self) -> str:
        """As it would be written, without what was left at its default."""
        given = [self.units, self.activation, self.initialiser]
        while given[-1] is None:
            given.pop()
        return f"Dense({', '.join(map(repr, given))})"
