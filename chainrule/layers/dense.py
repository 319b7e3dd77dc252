"""Dense: every unit reads every feature."""

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

    Samples with more than one axis, such as pictures, are flattened first. Biases are initially 0.
    Args:
        units: number of outputs.
        activation: name of f, such as relu; None for a = z.
        initialiser: of W; None for the one that suits the activation.
        bias: whether to add b. Before batch normalisation it is useless: the mean that is
            subtracted there contains it, and its gradient is always 0.
    Raises:
        InputError: units is not positive, or there is no activation of that name.
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
        x = flatten_samples(graph, x, name)
        initialiser = self.initialiser or initialiser_for(self.activation)
        w = graph.parameter(f"{name}.weights", (self.units, int(x.shape[-1])), initialiser)
        b = graph.parameter(f"{name}.bias", (self.units,), Zeros()) if self.bias else None
        return apply_dense(graph, x, w, b, self.activation, name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        positional = [self.units, self.activation, self.initialiser]
        while positional[-1] is None:
            positional.pop()
        arguments = [*map(repr, positional), *([] if self.bias else ["bias=False"])]
        return f"Dense({', '.join(arguments)})"


def flatten_samples(graph: Graph, x: Value, name: str) -> Value:
    """Flatten samples with more than one axis, for the layer of that name."""
    return Flatten().build(graph, x, f"{name}.flat") if len(x.shape) > 2 else x


def apply_dense(
    graph: Graph, x: Value, w: Value, b: Value | None, function: str | None, name: str
) -> Value:
    """Add f(W x + b) to the graph, or f(W x) without b; f by name, None for f(z) = z."""
    out = name if function is None else f"{name}.z"
    if b is None:
        z = graph.apply(LinearWithoutBias(), x, w, name=out)
    else:
        z = graph.apply(Linear(), x, w, b, name=out)
    return z if function is None else graph.apply(activation(function), z, name=name)
