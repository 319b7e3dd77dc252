"""Mish: x times a smooth step, made of softplus and tanh."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation

# From here on t differs from 1 by less than float64's precision; exp(x)^2 does not overflow yet.
STEP_IS_ONE_FROM = 20


@activation(initialiser="he")
@op("mish", workspace={"t": "x", "slope": "x"}, in_place={"dx": ("dy",)})
class Mish:
    """Mish, element by element: y = x t with t = tanh(softplus x), softplus x = log(1 + exp x).

    Neither tanh nor logarithm is computed: with n = exp x it is t = n (n + 2) / (n (n + 2) + 2), in
    less than a third of the time. softplus' is the sigmoid s and tanh' is 1 - t^2, so
    dx = dy (t + x s (1 - t^2)).
    Shapes: x and y alike, any. Keeps x and t. Source: Misra (2020), Mish: a self regularized
    non-monotonic activation function.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x * torch.tanh(torch.logaddexp(x, torch.zeros_like(x)))

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Calls:
        two = x.new_tensor(2)
        return [
            partial(torch.clamp_max, x, STEP_IS_ONE_FROM, out=t),
            t.exp_,
            partial(torch.add, t, two, out=y),
            partial(t.mul_, y),
            partial(torch.add, t, two, out=y),
            partial(t.div_, y),
            partial(torch.mul, x, t, out=y),
        ]

    def backward(self, x: Tensor, t: Tensor, slope: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        through_tanh = torch.ops.aten.tanh_backward.grad_input
        return [
            partial(torch.sigmoid, x, out=slope),
            partial(slope.mul_, x),
            partial(through_tanh, slope, t, grad_input=slope),  # x s (1 - t^2)
            partial(slope.add_, t),
            partial(torch.mul, dy, slope, out=dx),
        ]
