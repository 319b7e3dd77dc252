"""Pictures: how layers for them take grey ones, and say which layer refuses what."""

from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import show
from chainrule.ops import Reshape


def as_pictures(graph: Graph, x: Value, name: str) -> Value:
    """x as (batch, height, width, channels); grey pictures (batch, height, width) get one channel.

    Args:
        graph: that x is a value of.
        x: the input of a layer.
        name: of the layer.
    Raises:
        InputError: x has fewer or more axes than these.
    """
    if len(x.shape) == 3:
        _, height, width = x.shape
        return graph.apply(Reshape((int(height), int(width), 1)), x, name=f"{name}.pictures")
    if len(x.shape) != 4:
        raise InputError(
            f"got x {show(x.shape)}; expected pictures (batch, height, width, channels) or, for "
            "grey ones, (batch, height, width). Put the layer before those that flatten; for the "
            "columns of a table use Dense."
        )
    return x


@contextmanager
def refused_by(layer: str) -> Iterator[None]:
    """Put the name of a layer in front of what is said against its settings or its input."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{layer}: {error}") from None
