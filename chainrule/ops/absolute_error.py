"""Absolute error of each sample; its mean over the batch is the mean absolute error."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.parts.loss import loss, loss_shape


@loss("mean_absolute_error", target="number")
@op("absolute_error", workspace={"e": "x", "scratch": "x"}, in_place={"dx": ("e",)})
class AbsoluteError:
    """Mean over a sample's outputs of the absolute error: y = sum_i |e_i| / n with e = x - t.

    So dx = dy sign(e) / n, where sign(0) = 0. An outlier has no larger gradient than any other
    sample: the median minimises this loss, where the mean minimises the squared error.
    Shapes: x and t (batch, outputs), y (batch,). Keeps e. Has no gradient for t.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("absolute_error", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.l1_loss(x, t, reduction="none").mean(-1)

    def forward(self, x: Tensor, t: Tensor, e: Tensor) -> Calls:
        return [partial(torch.sub, x, t, out=e)]

    def value(self, e: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        return [partial(torch.abs, e, out=scratch), *mean_along(-1, scratch, y)]

    def backward(self, e: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        share = dy.new_tensor(1 / dx.shape[-1])
        return [
            partial(torch.sign, e, out=dx),
            partial(dx.mul_, dy.unsqueeze(-1)),
            partial(dx.mul_, share),
        ]
