"""ParametricActivation: an activation whose share each unit learns."""

from dataclasses import dataclass

from chainrule import ops
from chainrule.graph.graph import Graph, Value
from chainrule.layers.activations import activation, check_learns
from chainrule.layers.initialisers.ones import Ones
from chainrule.layers.learning_rate_factor import parameter_with_factor
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Positive, check_settings


@dataclass(frozen=True, repr=False)
class ParametricActivation:
    """y = x + a (f(x) - x), with a number a for each unit, initially 1: y = f(x).

    A unit with a = 0 is linear, one with a > 1 is more nonlinear than f.
    Args:
        name: of the function f, such as selu or mish.
        learning_rate_factor: by which the learning rate of a is larger; exact under Adam and
            similar optimizers (see layers/learning_rate_factor.py).
    Raises:
        InputError: there is no activation of that name, no gradient passes it, or the factor is not
            positive.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3, "parametric activation functions".
    """

    name: str
    learning_rate_factor: Positive = 0.1

    def __post_init__(self) -> None:
        check_settings(self)
        check_learns(self.name)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        units = (int(x.shape[-1]),)
        a = parameter_with_factor(graph, f"{name}.share", units, Ones(), self.learning_rate_factor)
        f = graph.apply(activation(self.name), x, name=f"{name}.{self.name}")
        return graph.apply(ops.Blend(), x, f, a, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
