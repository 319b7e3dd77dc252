"""Pooling layers: smaller pictures, or one number per channel."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.graph.graph import Graph, Value
from chainrule.layers.pictures import as_pictures, error_prefix
from chainrule.layers.repr import constructor_repr
from chainrule.ops import AveragePool, MaxPool, Mean, Reshape
from chainrule.ops.parts.windows import Pair


@dataclass(frozen=True, repr=False)
class _Pool2D:
    """Base of max and average pooling, which differ only in the operation."""

    size: int | Pair = 2
    stride: int | Pair | None = None
    padding: int | Pair = 0

    _operation: ClassVar[type[AveragePool] | type[MaxPool]]

    def __post_init__(self) -> None:
        with error_prefix(f"{self}"):
            self._pool()

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, height', width', channels).

        Raises:
            InputError: x are no pictures, or smaller than a window.
        """
        with error_prefix(f"{name}, {self}"):
            return graph.apply(self._pool(), as_pictures(graph, x, name), name=name)

    def _pool(self) -> AveragePool | MaxPool:
        stride = self.size if self.stride is None else self.stride
        return self._operation(self.size, stride, self.padding)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)


@dataclass(frozen=True, repr=False)
class MaxPool2D(_Pool2D):
    """The maximum of each window, channel by channel: is the pattern anywhere in it?

    Takes pictures (batch, height, width, channels) or, grey, (batch, height, width). All settings
    are one number, or a pair for (height, width).
    Args:
        size: rows and columns of a window.
        stride: from one window to the next; None for windows side by side. Rows and columns at the
            end that fill no window are left out.
        padding: how far windows reach beyond the picture, at most half their size. Padding is
            never the maximum.
    Raises:
        InputError: a setting is out of its range.
    """

    _operation: ClassVar[type[MaxPool]] = MaxPool


@dataclass(frozen=True, repr=False)
class AveragePool2D(_Pool2D):
    """The mean of each window, channel by channel. Settings and errors as for MaxPool2D.

    Padding is not counted in the mean.
    """

    _operation: ClassVar[type[AveragePool]] = AveragePool


@dataclass(frozen=True)
class GlobalAveragePool:
    """The mean of each channel over the whole picture: (batch, channels), whatever its size.

    Takes pictures (batch, height, width, channels) or, grey, (batch, height, width). Before the
    last layer it needs far fewer weights than flattening. Source: Lin, Chen & Yan (2014),
    Network in network, section 3.2.
    """

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output.

        Raises:
            InputError: x are no pictures.
        """
        with error_prefix(f"{name}, {self}"):
            x = as_pictures(graph, x, name)
            height, width, channels = map(int, x.shape[1:])
            row = graph.apply(Reshape((height * width, channels)), x, name=f"{name}.row")
            return graph.apply(Mean(axis=-2), row, name=name)


@dataclass(frozen=True)
class GlobalMaxPool:
    """The maximum of each channel over the whole picture: (batch, channels).

    Takes pictures (batch, height, width, channels) or, grey, (batch, height, width).
    """

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output.

        Raises:
            InputError: x are no pictures.
        """
        with error_prefix(f"{name}, {self}"):
            x = as_pictures(graph, x, name)
            height, width, channels = map(int, x.shape[1:])
            whole = MaxPool((height, width), stride=1)
            largest = graph.apply(whole, x, name=f"{name}.largest")
            return graph.apply(Reshape((channels,)), largest, name=name)
