"""Huber loss of each sample: squared for small errors, absolute for large ones."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.parts.loss import loss, loss_shape
from chainrule.ranges import Positive, check_settings


@loss("huber", target="number")
@op(
    "huber",
    workspace={"c": "x", "scratch": "x"},
    in_place={"dx": ("c",)},
    settings=[{}, {"delta": 0.25}],
)
class Huber:
    """Mean over a sample's n outputs of h(e), e = x - t.

    h(e) = e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2). With c = e clamped to
    +-delta, both are c (e - c / 2), and dx = dy c / n: the gradient of an outlier is at most delta.
    Settings:
        delta: the error above which the loss is linear, in the unit of the target.
    Shapes: x and t (batch, outputs), y (batch,). Keeps c. Has no gradient for t.
    Source: Huber (1964), Robust estimation of a location parameter.
    """

    delta: Positive = 1.0

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("huber", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        loss = torch.nn.functional.huber_loss
        return loss(x, t, reduction="none", delta=self.delta).mean(-1)

    def forward(self, x: Tensor, t: Tensor, c: Tensor) -> Calls:
        return [partial(torch.sub, x, t, out=c), partial(c.clamp_, -self.delta, self.delta)]

    def value(self, x: Tensor, t: Tensor, c: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.sub, x, t, out=scratch),
            partial(scratch.sub_, c, alpha=0.5),
            partial(scratch.mul_, c),
            *mean_along(-1, scratch, y),
        ]

    def backward(self, c: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        share = dy.new_tensor(1 / dx.shape[-1])
        return [partial(torch.mul, c, dy.unsqueeze(-1), out=dx), partial(dx.mul_, share)]
