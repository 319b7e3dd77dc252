"""Dropout as a layer."""

from dataclasses import dataclass

from chainrule import ops
from chainrule.graph.graph import Graph, Value
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Share, check_settings


@dataclass(frozen=True, repr=False)
class Dropout:
    """In training a share of the features, others in each step, is 0; the rest is enlarged.

    So no unit can rely on another one. In evaluation it does nothing.
    Args:
        rate: share that is dropped, 0 <= rate < 1; usual are 0.5 for wide layers, 0.2 for inputs.
    Raises:
        InputError: the rate is not in this range.
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
        """As it would be written."""
        return constructor_repr(self)
