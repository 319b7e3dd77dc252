"""Dropout as a layer."""

from dataclasses import dataclass

from chainrule import ops
from chainrule.graph.graph import Graph, Value
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Share, check_settings


@dataclass(frozen=True, repr=False)
class Dropout:
    """Sets a random share of the features to 0 in each training step and scales up the others.

    So no unit can rely on another one. In evaluation it does nothing.
    Args:
        rate: share that is dropped, 0 <= rate < 1; common are 0.5 for wide layers, 0.2 for inputs.
    Raises:
        InputError: the rate is out of range.
    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    rate: Share

    def __post_init__(self) -> None:
        check_settings(self)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        return graph.apply(ops.Dropout(self.rate, name), x, graph.key(), name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
