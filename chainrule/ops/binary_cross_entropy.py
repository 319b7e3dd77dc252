"""Binary cross entropy, on the scores (logits): yes or no for each output."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.squared_error import one_loss_a_sample

# Where exp(x) would overflow, log(1 + exp(x)) has long been x: from 40 on even in float64.
SOFTPLUS_IS_LINEAR_FROM = 40


@op(
    "binary_cross_entropy",
    workspace={"scratch": "x"},
    in_place={"dx": ("x",)},
    samples={"t": Sample(domain="share")},
)
class BinaryCrossEntropy:
    """Mean over a sample's n outputs of -t log p - (1 - t) log(1 - p), with p = sigmoid x.

    Written on the score, y = sum_i (softplus(x_i) - t_i x_i) / n, it neither overflows nor becomes
    log 0, and the derivatives cancel to dx = dy (p - t) / n.
    Shapes: x and t (batch, outputs), y (batch,), t from 0 to 1. Keeps x and t. Has no gradient
    for t. Source: Bishop (2006), Pattern Recognition, equations 4.90 and 4.91.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return one_loss_a_sample("binary_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        return loss(x, t, reduction="none").mean(-1)

    def forward(self, x: Tensor, t: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        softplus = torch.ops.aten.softplus.out
        return [
            partial(softplus, x, 1, SOFTPLUS_IS_LINEAR_FROM, out=scratch),
            partial(torch.addcmul, scratch, x, t, value=-1, out=scratch),
            *mean_along(-1, scratch, y),
        ]

    def backward(self, x: Tensor, t: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        share = dy.new_tensor(1 / dx.shape[-1])
        return [
            partial(torch.sigmoid, x, out=dx),
            partial(dx.sub_, t),
            partial(dx.mul_, dy.unsqueeze(-1)),
            partial(dx.mul_, share),
        ]
