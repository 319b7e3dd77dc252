"""Residual: layers that learn what to add to their input."""

from dataclasses import dataclass

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import show
from chainrule.layers.activations import activation as activation_named
from chainrule.layers.activations import check_learns
from chainrule.layers.conv2d import Conv2D
from chainrule.layers.dense import Dense
from chainrule.layers.network import Layer, build_layers
from chainrule.ops import Add


@dataclass(frozen=True, init=False)
class Residual:
    """A shortcut around layers: y = x + f(x), and then an activation if one is named.

    dx = dy + the gradient through f: the gradient reaches the layers before it undiminished,
    however many blocks there are. Where f(x) has another shape than x, the shortcut is a linear
    projection of x, as in ResNet's option B: a Dense layer for (batch, features), for pictures a
    convolution of 1 x 1 whose stride gives the height and width of f(x).
    Args:
        layers: of f, in order.
        activation: name of a function of the sum; None for none.
    Raises:
        InputError: there are no layers, no activation of that name, or no gradient passes it.
    Source: He et al. (2016), Deep residual learning for image recognition, section 3.

    >>> Residual(Dense(50, "relu"), Dense(50), activation="relu")
    Residual(Dense(50, 'relu'), Dense(50), activation='relu')
    """

    layers: tuple[Layer, ...]
    activation: str | None

    def __init__(self, *layers: Layer, activation: str | None = None) -> None:
        if not layers:
            raise InputError("Residual() has no layers; expected at least one, such as Dense(10).")
        check_learns(activation)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "activation", activation)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layers to the graph, named such as residual_2.dense_1, and return the sum.

        Raises:
            InputError: no projection of x has the shape of f(x).
        """
        f = build_layers(self.layers, graph, x, within=f"{name}.")
        shortcut = x if f.shape == x.shape else self._projection(graph, x, f, f"{name}.projection")
        if self.activation is None:
            return graph.apply(Add(), shortcut, f, name=name)
        total = graph.apply(Add(), shortcut, f, name=f"{name}.sum")
        return graph.apply(activation_named(self.activation), total, name=name)

    def _projection(self, graph: Graph, x: Value, f: Value, name: str) -> Value:
        """Add a linear function of x that has the shape of f."""
        outputs = int(f.shape[-1])
        if len(f.shape) == 2:
            return Dense(outputs).build(graph, x, name)
        stride = _stride(x, f)
        if stride is None:
            raise InputError(
                f"{self} makes {show(f.shape)} of {show(x.shape)}, to which it can't be added; "
                "expected the same shape, or a picture whose height and width a stride gives: use "
                "padding 'same' in its convolutions."
            )
        return Conv2D(outputs, kernel=1, stride=stride, bias=False).build(graph, x, name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        arguments = [*map(repr, self.layers)]
        if self.activation is not None:
            arguments.append(f"activation={self.activation!r}")
        return f"Residual({', '.join(arguments)})"


def _stride(x: Value, f: Value) -> tuple[int, int] | None:
    """Return the stride that reduces height and width of x to those of f, or None."""
    if len(x.shape) < 3 or len(f.shape) != 4:
        return None
    sizes = [(int(x.shape[axis]), int(f.shape[axis])) for axis in (1, 2)]
    down, across = (-(-before // after) for before, after in sizes)
    fits = all(-(-before // -(-before // after)) == after for before, after in sizes)
    return (down, across) if fits else None
