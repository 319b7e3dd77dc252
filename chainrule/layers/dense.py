"""Dense: every unit sees every feature."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.layers.activations import activation, initialiser_for
from chainrule.layers.flatten import Flatten
from chainrule.layers.initialisers import Zeros
from chainrule.ops import Linear, LinearWithoutBias
from chainrule.ranges import Count, check_settings


@dataclass(frozen=True)
class Dense:
    """A fully connected layer: z = W x + b, a = f(z).

    Samples with more than one axis, such as pictures, are flattened first. Biases begin at 0.
    Args:
        units: number of outputs.
        activation: name of f, such as relu; None for a = z.
        initialiser: of W; where none is given, the one that suits the activation.
        bias: whether there is b. Before batch normalisation it is of no use: the mean that is
            taken away there contains it, and its gradient is always 0.
    Raises:
        InputError: units is not positive, or there is no such activation.
    """

    units: Count
    activation: str | None = None
    initialiser: Initialiser | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        check_settings(self)
        initialiser_for(self.activation)  # refuses an unknown one

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, units)."""
        x = flat(graph, x, name)
        initialiser = self.initialiser or initialiser_for(self.activation)
        w = graph.parameter(f"{name}.weights", (self.units, int(x.shape[-1])), initialiser)
        b = graph.parameter(f"{name}.bias", (self.units,), Zeros()) if self.bias else None
        return units_of(graph, x, w, b, self.activation, name)

    def __repr__(self) -> str:
        """As it would be written, without what was left at its default."""
        given = [self.units, self.activation, self.initialiser]
        while given[-1] is None:
            given.pop()
        parts = [*map(repr, given), *([] if self.bias else ["bias=False"])]
        return f"Dense({', '.join(parts)})"


def flat(graph: Graph, x: Value, name: str) -> Value:
    """The features of each sample in one row, for the layer of that name."""
    return Flatten().build(graph, x, f"{name}.flat") if len(x.shape) > 2 else x


def units_of(
    graph: Graph, x: Value, w: Value, b: Value | None, function: str | None, name: str
) -> Value:
    """f(W x + b), or f(W x) without b; the function by name, None for none."""
    out = name if function is None else f"{name}.z"
    if b is None:
        z = graph.apply(LinearWithoutBias(), x, w, name=out)
    else:
        z = graph.apply(Linear(), x, w, b, name=out)
    return z if function is None else graph.apply(activation(function), z, name=name)
