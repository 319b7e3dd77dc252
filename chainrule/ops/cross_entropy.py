"""Cross entropy on probabilities: for class indices and for one-hot rows."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops.parts.loss import loss
from chainrule.ops.parts.same_shape import same_shape
from chainrule.ops.softmax import check_scores
from chainrule.ops.softmax_cross_entropy import sparse_loss_shape
from chainrule.ranges import Positive, check_settings


@loss("sparse_categorical_cross_entropy", target="index")
@op(
    "sparse_cross_entropy",
    samples={"x": Sample(domain="probability"), "t": Sample((BATCH,), "index")},
)
class SparseCrossEntropy:
    """Loss of each sample whose class index is t: y = -log(x_t + delta) for probabilities x.

    dx = -dy / (x_t + delta) at t, else 0. After softmax a plan computes both as one,
    sparse_softmax_cross_entropy, which needs no guard and learns even where x_t has rounded to 0.
    Settings:
        delta: guards the logarithm against 0; positive and small. It moves the loss of a
            probability p by delta / p, and that of p = 0 is -log(delta), 16 for 1e-7.
    Shapes: x (batch, classes), t (batch,) whole numbers from 0, y (batch,). Keeps x and t.
    """

    delta: Positive = 1e-7

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, t: Shape) -> Shape:
        return sparse_loss_shape("sparse_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.nll_loss((x + self.delta).log(), t, reduction="none")

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.gather, x, -1, t.unsqueeze(-1), out=y.unsqueeze(-1)),
            partial(y.add_, y.new_tensor(self.delta)),
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
            partial(at_t.add_, x.new_tensor(self.delta)),
            partial(torch.div, dy.unsqueeze(-1), at_t, out=at_t),
            at_t.neg_,
            dx.zero_,
            partial(dx.scatter_, -1, column, at_t),
        ]


@loss("categorical_cross_entropy", target="one_hot")
@op(
    "cross_entropy",
    workspace={"t_log_x": "x"},
    samples={"x": Sample(domain="probability"), "t": Sample(domain="probability")},
)
class CrossEntropy:
    """Loss of each sample whose true probabilities are t: y = -sum_i t_i log(x_i + delta).

    dx = -dy t / (x + delta). After softmax a plan computes both as one, softmax_cross_entropy,
    which needs no guard.
    Settings:
        delta: guards the logarithm against 0, as in sparse_cross_entropy.
    Shapes: x and t (batch, classes), y (batch,). Keeps x and t. Has no gradient for t.
    """

    delta: Positive = 1e-7

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, t: Shape) -> Shape:
        return check_scores("cross_entropy", same_shape("cross_entropy", x=x, t=t))[:1]

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return -(t * (x + self.delta).log()).sum(-1)

    def forward(self, x: Tensor, t: Tensor, t_log_x: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.add, x, x.new_tensor(self.delta), out=t_log_x),
            t_log_x.log_,
            partial(t_log_x.mul_, t),
            partial(torch.sum, t_log_x, -1, out=y),
            y.neg_,
        ]

    def backward(self, x: Tensor, t: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [
            partial(torch.add, x, x.new_tensor(self.delta), out=dx),
            partial(torch.div, t, dx, out=dx),
            dx.neg_,
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]
