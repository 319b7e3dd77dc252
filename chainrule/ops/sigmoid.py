"""Sigmoid: the logistic function."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation


@activation(initialiser="xavier")
@op("sigmoid", in_place=OVER_X)
class Sigmoid:
    """Logistic function, element by element: y = 1 / (1 + exp(-x)), so dx = dy y (1 - y).

    The derivative is at most 1/4, which is why gradients fade through many layers of it.
    Shapes: x and y alike, any. Keeps y. Source: Rumelhart, Hinton & Williams (1986), equation 2.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.sigmoid, x, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.ops.aten.sigmoid_backward.grad_input, dy, y, grad_input=dx)]
