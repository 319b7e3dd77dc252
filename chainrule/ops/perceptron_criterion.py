"""The perceptron criterion: the loss that Rosenblatt's learning rule minimises."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.parts.loss import loss, loss_shape


@loss("perceptron_criterion", target="yes_or_no", activation="step")
@op(
    "perceptron_criterion",
    workspace={"e": "x", "scratch": "x"},
    in_place={"dx": ("e",)},
    samples={"t": Sample(domain="share")},
)
class PerceptronCriterion:
    """Distance of wrong scores from 0: y = sum_i e_i x_i / n, e = step(x) - t.

    step(x) is 1 where x > 0, else 0. Correct scores have e = 0 and do not count, and dx = dy e / n:
    gradient descent with batches of one is then the perceptron rule w <- w + rate (t - step) x.
    If the classes are linearly separable, it ends with no errors; it gives no probabilities.
    Shapes: x and t (batch, outputs), y (batch,), t 0 or 1. Keeps e. Has no gradient for t.
    Source: Rosenblatt (1958), The perceptron; Bishop (2006), Pattern Recognition, equation 4.54.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("perceptron_criterion", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return (((x > 0).to(x.dtype) - t) * x).mean(-1)

    def forward(self, x: Tensor, t: Tensor, e: Tensor) -> Calls:
        return [partial(torch.heaviside, x, x.new_zeros(()), out=e), partial(e.sub_, t)]

    def value(self, x: Tensor, e: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        return [partial(torch.mul, e, x, out=scratch), *mean_along(-1, scratch, y)]

    def backward(self, e: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        factor = dy.new_tensor(1 / dx.shape[-1])
        return [partial(torch.mul, e, dy.unsqueeze(-1), out=dx), partial(dx.mul_, factor)]
