"""Cross entropy on probabilities: for class indices and for one-hot rows."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops.alike import alike
from chainrule.ops.softmax import scores
from chainrule.ops.softmax_cross_entropy import one_index_a_sample


@op(
    "sparse_cross_entropy",
    samples={"x": Sample(domain="probability"), "t": Sample((BATCH,), "index")},
)
class SparseCrossEntropy:
    """Loss of each sample whose class index is t: y = -log x_t for probabilities x.

    dx = -dy / x_t at t, else 0: unbounded where x_t nears 0. After softmax a plan computes both
    as one (sparse_softmax_cross_entropy), which is exact where this one would be log 0.
    Shapes: x (batch, classes), t (batch,) whole numbers from 0, y (batch,). Keeps x and t.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return one_index_a_sample("sparse_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.nll_loss(x.log(), t, reduction="none")

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.gather, x, -1, t.unsqueeze(-1), out=y.unsqueeze(-1)),
            y.log_,
            y.neg_,
        ]

    def backward(self, x: Tensor, t: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        column = t.unsqueeze(-1)
        at_t = torch.empty_like(column, dtype=dx.dtype)
        return [
            partial(torch.gather, x, -1, column, out=at_t),
            partial(at_t.clamp_min_, torch.finfo(x.dtype).tiny),
            partial(torch.div, dy.unsqueeze(-1), at_t, out=at_t),
            at_t.neg_,
            dx.zero_,
            partial(dx.scatter_, -1, column, at_t),
        ]


@op(
    "cross_entropy",
    workspace={"t_log_x": "x"},
    samples={"x": Sample(domain="probability"), "t": Sample(domain="probability")},
)
class CrossEntropy:
    """Loss of each sample whose true probabilities are t: y = -sum_i t_i log x_i.

    dx = -dy t / x. What is 0 log 0 counts as 0, so one-hot rows allow zeros elsewhere.
    Shapes: x and t (batch, classes), y (batch,). Keeps x and t. Has no gradient for t.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return scores("cross_entropy", alike("cross_entropy", x=x, t=t))[:1]

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return -(t * x.log()).sum(-1)

    def forward(self, x: Tensor, t: Tensor, t_log_x: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.xlogy, t, x, out=t_log_x),
            partial(torch.sum, t_log_x, -1, out=y),
            y.neg_,
        ]

    def backward(self, x: Tensor, t: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        # Where x has rounded to 0, t / x would be 0 / 0 for what is not the true class.
        smallest = torch.finfo(x.dtype).tiny
        return [
            partial(torch.clamp_min, x, smallest, out=dx),
            partial(torch.div, t, dx, out=dx),
            dx.neg_,
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]
