"""Cross entropy of softmax, on the scores (logits): for class indices and for one-hot rows."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.label_smoothing import LabelSmoothing
from chainrule.ops.parts.loss import loss
from chainrule.ops.parts.same_shape import same_shape
from chainrule.ops.softmax import check_scores, in_memory_order
from chainrule.ranges import check_settings


@loss("sparse_categorical_cross_entropy", target="index", activation="softmax")
@op(
    "sparse_softmax_cross_entropy",
    workspace={"log_p": "x"},
    in_place={"dx": ("log_p",)},
    samples={"t": Sample((BATCH,), "index")},
    settings=[{}, {"label_smoothing": 0.2}],
)
class SparseSoftmaxCrossEntropy:
    """Loss of each sample whose class index is t: y = -log p_t with p = softmax x.

    The two derivatives cancel to dx = dy (p - [1 at t, else 0]), prediction minus truth. Computed
    by log p, nothing overflows or becomes log 0.
    Settings:
        label_smoothing: the share s of a target that is spread over all n classes; 0 in evaluation.
            y = -(1 - s) log p_t - s mean_i log p_i, dx = dy (p - [1 - s at t, else 0] - s / n).
    Shapes: x (batch, classes), t (batch,) whole numbers from 0, y (batch,). Keeps log p and t.
    Source: Bridle (1990), section 3; Bishop (2006), Pattern Recognition, equation 4.109.
    """

    label_smoothing: LabelSmoothing = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def for_evaluation(self) -> "SparseSoftmaxCrossEntropy":
        return SparseSoftmaxCrossEntropy()

    def shape(self, x: Shape, t: Shape) -> Shape:
        return sparse_loss_shape("sparse_softmax_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        loss = torch.nn.functional.cross_entropy
        return loss(x, t, reduction="none", label_smoothing=self.label_smoothing)

    def forward(self, x: Tensor, log_p: Tensor) -> Calls:
        return [log_softmax(x, log_p)]

    def value(self, t: Tensor, log_p: Tensor, y: Tensor) -> Calls:
        picked = y.unsqueeze(-1)
        calls: Calls = [partial(torch.gather, log_p, -1, t.unsqueeze(-1), out=picked), y.neg_]
        if self.label_smoothing:
            spread, each = torch.empty_like(y), self.label_smoothing / log_p.shape[-1]
            calls += [
                partial(y.mul_, y.new_tensor(1 - self.label_smoothing)),
                partial(torch.sum, log_p, -1, out=spread),
                partial(y.sub_, spread, alpha=each),
            ]
        return calls

    def backward(self, t: Tensor, log_p: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        column = t.unsqueeze(-1)
        minus_kept = torch.full_like(column, self.label_smoothing - 1, dtype=dx.dtype)
        return [
            partial(torch.exp, log_p, out=dx),
            partial(dx.scatter_add_, -1, column, minus_kept),
            *_subtract_smoothing(self.label_smoothing, dx),
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]


@loss("categorical_cross_entropy", target="one_hot", activation="softmax")
@op(
    "softmax_cross_entropy",
    workspace={"log_p": "x", "t_log_p": "x"},
    in_place={"dx": ("log_p",)},
    samples={"t": Sample(domain="probability")},
    settings=[{}, {"label_smoothing": 0.2}],
)
class SoftmaxCrossEntropy:
    """Loss of each sample whose true probabilities are t: y = -sum_i t_i log p_i, p = softmax x.

    dx = dy (p - t) where each row of t sums to 1, as one-hot rows do.
    Settings:
        label_smoothing: the share s for which t becomes (1 - s) t + s / n for n classes; 0 in
            evaluation.
    Shapes: x and t (batch, classes), y (batch,). Keeps log p and t. Has no gradient for t.
    Source: Bishop (2006), equations 4.108 and 4.109.
    """

    label_smoothing: LabelSmoothing = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def for_evaluation(self) -> "SoftmaxCrossEntropy":
        return SoftmaxCrossEntropy()

    def shape(self, x: Shape, t: Shape) -> Shape:
        return check_scores("softmax_cross_entropy", same_shape("softmax_cross_entropy", x=x, t=t))[
            :1
        ]

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        loss = torch.nn.functional.cross_entropy
        return loss(x, t, reduction="none", label_smoothing=self.label_smoothing)

    def forward(self, x: Tensor, log_p: Tensor) -> Calls:
        return [log_softmax(x, log_p)]

    def value(self, t: Tensor, log_p: Tensor, t_log_p: Tensor, y: Tensor) -> Calls:
        calls: Calls = [partial(torch.mul, t, log_p, out=t_log_p)]
        if self.label_smoothing:
            each = self.label_smoothing / log_p.shape[-1]
            calls += [
                partial(t_log_p.mul_, t_log_p.new_tensor(1 - self.label_smoothing)),
                partial(t_log_p.add_, log_p, alpha=each),
            ]
        return [*calls, partial(torch.sum, t_log_p, -1, out=y), y.neg_]

    def backward(self, t: Tensor, log_p: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [
            partial(torch.exp, log_p, out=dx),
            partial(dx.sub_, t, alpha=1 - self.label_smoothing),
            *_subtract_smoothing(self.label_smoothing, dx),
            partial(dx.mul_, dy.unsqueeze(-1)),
        ]


def log_softmax(x: Tensor, log_p: Tensor) -> partial[Tensor]:
    """Return the kernel of log p for p = softmax x, both (batch, classes)."""
    (x, log_p), axis = in_memory_order(x, log_p)
    return partial(torch.log_softmax, x, axis, out=log_p)


def _subtract_smoothing(label_smoothing: float, dx: Tensor) -> Calls:
    """Return the kernel that subtracts the smoothed target from dx; none without smoothing."""
    if not label_smoothing:
        return []
    return [partial(dx.sub_, dx.new_tensor(label_smoothing / dx.shape[-1]))]


def sparse_loss_shape(operation: str, x: Shape, t: Shape) -> Shape:
    """Return the shape (batch,) of losses of scores x with class indices t.

    Raises:
        InputError: x is not a batch of scores, or t not one index per sample.
    """
    if check_scores(operation, x)[:1] != t:
        raise InputError(
            f"{operation} got x {show(x)} and t {show(t)}; expected t (batch,), one class index a "
            "sample. For one-hot rows use the operation without 'sparse'."
        )
    return t
