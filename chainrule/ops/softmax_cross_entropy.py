"""Cross entropy of softmax, on the scores (logits): for class indices and for one-hot rows."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.alike import alike
from chainrule.ops.softmax import in_memory_order, scores


@op(
    "sparse_softmax_cross_entropy",
    workspace={"log_p": "x"},
    in_place={"dx": ("log_p",)},
    samples={"t": Sample((BATCH,), "index")},
)
class SparseSoftmaxCrossEntropy:
    """Loss of each sample whose class index is t: y = -log p_t with p = softmax x.

    The two derivatives cancel to the simplest there is: dx = dy (p - [1 at t, else 0]), what was
    said minus what was true. Through log p nothing overflows or becomes log 0.
    Shapes: x (batch, classes), t (batch,) whole numbers from 0, y (batch,). Keeps log p and t.
    Source: Bridle (1990), section 3; Bishop (2006), Pattern Recognition, equation 4.109.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return one_index_a_sample("sparse_softmax_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.cross_entropy(x, t, reduction="none")

    def forward(self, x: Tensor, log_p: Tensor) -> Calls:
        return [log_softmax(x, log_p)]

    def value(self, t: Tensor, log_p: Tensor, y: Tensor) -> Calls:
        picked = y.unsqueeze(-1)
        return [partial(torch.gather, log_p, -1, t.unsqueeze(-1), out=picked), y.neg_]

    def backward(self, t: Tensor, log_p: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        column = t.unsqueeze(-1)
        minus_one = -torch.ones_like(column, dtype=dx.dtype)
        return [
            partial(torch.exp, log_p, out=dx),
            partial(dx.scatter_add_, -1, column, minus_one),
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]


@op(
    "softmax_cross_entropy",
    workspace={"log_p": "x", "t_log_p": "x"},
    in_place={"dx": ("log_p",)},
    samples={"t": Sample(domain="probability")},
)
class SoftmaxCrossEntropy:
    """Loss of each sample whose true probabilities are t: y = -sum_i t_i log p_i, p = softmax x.

    dx = dy (p - t) where each row of t sums to 1, as one-hot rows do.
    Shapes: x and t (batch, classes), y (batch,). Keeps log p and t. Has no gradient for t.
    Source: Bishop (2006), equations 4.108 and 4.109.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return scores("softmax_cross_entropy", alike("softmax_cross_entropy", x=x, t=t))[:1]

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        return torch.nn.functional.cross_entropy(x, t, reduction="none")

    def forward(self, x: Tensor, log_p: Tensor) -> Calls:
        return [log_softmax(x, log_p)]

    def value(self, t: Tensor, log_p: Tensor, t_log_p: Tensor, y: Tensor) -> Calls:
        product = partial(torch.mul, t, log_p, out=t_log_p)
        return [product, partial(torch.sum, t_log_p, -1, out=y), y.neg_]

    def backward(self, t: Tensor, log_p: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [
            partial(torch.exp, log_p, out=dx),
            partial(dx.sub_, t),
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]


def log_softmax(x: Tensor, log_p: Tensor) -> partial[Tensor]:
    """The kernel of log p for p = softmax x, both (batch, classes)."""
    (x, log_p), axis = in_memory_order(x, log_p)
    return partial(torch.log_softmax, x, axis, out=log_p)


def one_index_a_sample(operation: str, x: Shape, t: Shape) -> Shape:
    """The shape (batch,) of losses of scores x with class indices t.

    Raises:
        InputError: x is no batch of scores, or t not one index a sample.
    """
    if scores(operation, x)[:1] != t:
        raise InputError(
            f"{operation} got x {show(x)} and t {show(t)}; expected t (batch,), one class index a "
            "sample. For one-hot rows use the operation without 'sparse'."
        )
    return t
