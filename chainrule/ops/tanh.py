"""Hyperbolic tangent."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation


@activation(initialiser="xavier")
@op("tanh", in_place=OVER_X)
class Tanh:
    """Hyperbolic tangent, element by element: y = tanh x, so dx = dy (1 - y^2).

    Shapes: x and y alike, any. Keeps y. Source: LeCun et al. (1998), Efficient BackProp, 4.4.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.tanh(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.tanh, x, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.ops.aten.tanh_backward.grad_input, dy, y, grad_input=dx)]
