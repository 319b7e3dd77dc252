"""Conv2D: filters that detect the same pattern everywhere in a picture."""

from dataclasses import dataclass
from typing import Literal

from chainrule.errors import InputError, check_type, unknown_name
from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.graph.shape import show
from chainrule.layers.activations import activation, check_learns, initialiser_for
from chainrule.layers.initialisers import Zeros
from chainrule.layers.pictures import as_pictures, error_prefix
from chainrule.layers.repr import constructor_repr
from chainrule.ops import Convolution, ConvolutionWithoutBias
from chainrule.ops.parts.windows import Pair, pair
from chainrule.ranges import Count, check_settings


@dataclass(frozen=True, repr=False)
class Conv2D:
    """A convolutional layer: z = w * x + b over every window of the picture, a = f(z).

    Takes pictures (batch, height, width, channels) or, grey, (batch, height, width). Biases are
    initially 0. Kernel, stride, padding and dilation are one number, or a pair for (height, width).
    Args:
        filters: number of output channels.
        kernel: rows and columns of a filter.
        activation: name of f, such as relu; None for a = z.
        stride: from one window to the next; 2 halves height and width.
        padding: zeros on either side of the picture, or "valid" for none, or "same" for the number
            that keeps height and width where the stride is 1: dilation (kernel - 1) / 2. That is
            whole for odd kernels, and for all where the dilation is even. With stride s "same"
            gives height / s and width / s, rounded up.
        dilation: from one row or column of a filter to the next.
        groups: number of groups of filters, each of which reads only its share of the input
            channels.
        initialiser: of w; None for the one that suits the activation.
        bias: whether to add b. Before batch normalisation it is useless: the mean that is
            subtracted there contains it, and its gradient is always 0.
    Raises:
        InputError: a setting is out of its range, groups does not divide filters, "same" would
            have to pad unevenly, or there is no activation of that name.
    """

    filters: Count
    kernel: int | Pair = 3
    activation: str | None = None
    stride: int | Pair = 1
    padding: Literal["same", "valid"] | int | Pair = "same"
    dilation: int | Pair = 1
    groups: Count = 1
    initialiser: Initialiser | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        check_settings(self)
        for name in ("filters", "groups"):
            check_type("Conv2D", name, getattr(self, name), int, "a whole number")
        check_learns(self.activation)
        with error_prefix(f"{self}"):
            pair("Convolution", "kernel", self.kernel)
            if self.filters % self._operation().groups:
                raise InputError(
                    f"{self.filters} filters can't be divided among {self.groups} groups; "
                    f"expected a multiple of {self.groups}."
                )

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, height', width', filters).

        Raises:
            InputError: x are no pictures, are smaller than the kernel, or have a number of
                channels that groups does not divide.
        """
        with error_prefix(f"{name}, {self}"):
            x = as_pictures(graph, x, name)
            w = graph.parameter(
                f"{name}.weights",
                (self.filters, *pair("Convolution", "kernel", self.kernel), self._inputs(x)),
                self.initialiser or initialiser_for(self.activation),
            )
            values = [x, w]
            if self.bias:
                values.append(graph.parameter(f"{name}.bias", (self.filters,), Zeros()))
            if self.activation is None:
                return graph.apply(self._operation(), *values, name=name)
            z = graph.apply(self._operation(), *values, name=f"{name}.z")
            return graph.apply(activation(self.activation), z, name=name)

    def _operation(self) -> Convolution | ConvolutionWithoutBias:
        kind = Convolution if self.bias else ConvolutionWithoutBias
        return kind(self.stride, self._padding(), self.dilation, self.groups)

    def _padding(self) -> int | Pair:
        if self.padding == "valid":
            return 0
        if self.padding == "same":
            kernel = pair("Convolution", "kernel", self.kernel)
            dilation = pair("Convolution", "dilation", self.dilation)
            down, across = (d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
            if down % 2 or across % 2:
                raise InputError(
                    f"kernel {self.kernel} with padding 'same' would have to pad one side more "
                    "than the other; expected an odd kernel. Use one, or give padding as a number."
                )
            return down // 2, across // 2
        if isinstance(self.padding, str):
            raise unknown_name("padding", self.padding, ["same", "valid"])
        return self.padding

    def _inputs(self, x: Value) -> int:
        """Count the input channels that one filter reads."""
        channels = int(x.shape[-1])
        if channels % self.groups:
            raise InputError(
                f"got x {show(x.shape)}, whose {channels} channels can't be divided among "
                f"{self.groups} groups; expected a multiple of {self.groups}."
            )
        return channels // self.groups

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
