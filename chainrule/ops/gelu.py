"""GELU and SiLU: x times a smooth step function of x."""

import math
from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation
from chainrule.ops.softmax import match_layout


@activation(initialiser="he")
@op("gelu", in_place=OVER_X)
class Gelu:
    """Gaussian error linear unit, element by element: y = x P(x), P(x) = (1 + erf(x / √2)) / 2.

    P is the distribution function of the normal distribution, and its derivative the density
    p(x) = exp(-x² / 2) / √(2π), so dx = dy (P(x) + x p(x)). This is the exact form, not the
    approximation by tanh.
    Shapes: x and y alike, any. Keeps x, since y is not monotonic. Source: Hendrycks
    & Gimpel (2016), Gaussian error linear units.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x * (1 + torch.erf(x / math.sqrt(2))) / 2

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.ops.aten.gelu.out, x, out=y)]

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        dy, calls = match_layout(x, dy)
        return [*calls, partial(torch.ops.aten.gelu_backward.grad_input, dy, x, grad_input=dx)]


@activation(initialiser="he")
@op("silu", in_place=OVER_X)
class Silu:
    """Sigmoid linear unit, element by element: y = x s with s = sigmoid x. Also called swish.

    So dx = dy (s + x s (1 - s)) = dy s (1 + x (1 - s)).
    Shapes: x and y alike, any. Keeps x, since y is not monotonic. Source: Elfwing,
    Uchibe & Doya (2018), Sigmoid-weighted linear units for neural network function approximation
    in reinforcement learning.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.ops.aten.silu.out, x, out=y)]

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.ops.aten.silu_backward.grad_input, dy, x, grad_input=dx)]
