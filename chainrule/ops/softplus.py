"""Softplus: the smooth rectifier."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation

# From 40 on log(1 + exp(x)) is x, even in float64, and exp(x) does not overflow before.
SOFTPLUS_IS_LINEAR_FROM = 40


@activation(initialiser="he")
@op("softplus", in_place=OVER_X)
class Softplus:
    """Softplus, element by element: y = log(1 + exp x), so dx = dy sigmoid x.

    Always positive; relu with a rounded corner.
    Shapes: x and y alike, any. Keeps x. Source: Dugas et al. (2001), Incorporating second-order
    functional knowledge for better option pricing.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.logaddexp(x, torch.zeros_like(x))

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [softplus(x, y)]

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        kernel = torch.ops.aten.softplus_backward.grad_input
        return [partial(kernel, dy, x, 1, SOFTPLUS_IS_LINEAR_FROM, grad_input=dx)]


def softplus(x: Tensor, y: Tensor) -> partial[Tensor]:
    """Return the kernel of y = log(1 + exp x)."""
    return partial(torch.ops.aten.softplus.out, x, 1, SOFTPLUS_IS_LINEAR_FROM, out=y)
