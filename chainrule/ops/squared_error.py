"""Squared error of each sample: as a mean over its outputs, and as half a sum."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.parts.loss import loss, loss_shape


@loss("mean_squared_error", target="number")
@op("squared_error", workspace={"e": "x", "scratch": "x"}, in_place={"dx": ("e",)})
class SquaredError:
    """Mean over a sample's outputs of the squared error: y = sum_i e_i^2 / n with e = x - t.

    So dx = dy 2 e / n. Without the factor 1/2 that some texts put in front.
    Shapes: x and t (batch, outputs), y (batch,). Keeps e. Has no gradient for t.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("squared_error", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.mse_loss(x, t, reduction="none").mean(-1)

    def forward(self, x: Tensor, t: Tensor, e: Tensor) -> Calls:
        return [partial(torch.sub, x, t, out=e)]

    def value(self, e: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        return [partial(torch.mul, e, e, out=scratch), *mean_along(-1, scratch, y)]

    def backward(self, e: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        factor = dy.new_tensor(2 / dx.shape[-1])
        return [partial(torch.mul, e, dy.unsqueeze(-1), out=dx), partial(dx.mul_, factor)]


@loss("half_sum_of_squares", target="number")
@op("half_sum_of_squares", workspace={"e": "x", "scratch": "x"}, in_place={"dx": ("e",)})
class HalfSumOfSquares:
    """Half the sum over a sample's outputs of the squared error: y = sum_i e_i^2 / 2, e = x - t.

    The 1/2 is there for the derivative: dx = dy e. Unlike the mean it grows with the number of
    outputs, and so do its gradients.
    Shapes: x and t (batch, outputs), y (batch,). Keeps e. Has no gradient for t.
    Source: Rumelhart, Hinton & Williams (1986), equation 3.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("half_sum_of_squares", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.mse_loss(x, t, reduction="none").sum(-1) / 2

    def forward(self, x: Tensor, t: Tensor, e: Tensor) -> Calls:
        return [partial(torch.sub, x, t, out=e)]

    def value(self, e: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        half = y.new_tensor(0.5)
        return [
            partial(torch.mul, e, e, out=scratch),
            *_sum_of_neighbours(scratch),
            partial(torch.mul, scratch[..., 0], half, out=y),
        ]

    def backward(self, e: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [partial(torch.mul, e, dy.unsqueeze(-1), out=dx)] if dx is not None else []


def _sum_of_neighbours(terms: Tensor) -> Calls:
    """Return the kernels that leave the sum over the last axis in its first element.

    Pairs of neighbours are added, then pairs of pairs. The order in torch.sum depends on the memory
    layout; this one is the same for one sample and for many, by rows and by columns, so that values
    of textbooks are reproduced to the last digit.
    """
    calls: Calls = []
    distance, count = 1, terms.shape[-1]
    while distance < count:
        right = terms[..., distance :: 2 * distance]
        left = terms[..., :: 2 * distance][..., : right.shape[-1]]
        calls.append(partial(left.add_, right))
        distance *= 2
    return calls
