"""Input of the layers for pictures: grey pictures, and errors that name the layer."""

from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import show
from chainrule.ops import Reshape


def as_pictures(graph: Graph, x: Value, name: str) -> Value:
    """Return x as (batch, height, width, channels); grey pictures get an axis of one channel.

    Args:
        graph: of x.
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
def error_prefix(layer: str) -> Iterator[None]:
    """Prefix errors about the settings or the input of a layer with its name."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{layer}: {error}") from None
