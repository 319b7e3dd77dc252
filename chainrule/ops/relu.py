"""ReLU: the rectifier."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape


@op("relu", in_place=OVER_X)
class Relu:
    """Rectified linear unit, element by element: y = max(0, x), so dx = dy where y > 0, else 0.

    At the kink, x = 0, the derivative is taken to be 0.
    Shapes: x and y alike, any. Keeps y. Source: Nair & Hinton (2010), Rectified linear units
    improve restricted Boltzmann machines.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.relu(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.clamp_min, x, 0, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.ops.aten.threshold_backward.grad_input, dy, y, 0, grad_input=dx)]
