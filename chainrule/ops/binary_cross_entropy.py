"""Binary cross entropy: yes or no for each output, on scores (logits) and on probabilities."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import Shape
from chainrule.ops.mean import mean_along
from chainrule.ops.parts.label_smoothing import LabelSmoothing
from chainrule.ops.parts.loss import loss, loss_shape
from chainrule.ops.softplus import softplus
from chainrule.ranges import Positive, check_settings


@loss("binary_cross_entropy", target="yes_or_no", activation="sigmoid")
@op(
    "binary_cross_entropy",
    workspace={"scratch": "x"},
    in_place={"dx": ("x",)},
    samples={"t": Sample(domain="share")},
    settings=[{}, {"label_smoothing": 0.2}],
)
class BinaryCrossEntropy:
    """Mean over a sample's n outputs of -t log p - (1 - t) log(1 - p), with p = sigmoid x.

    Written on the score, y = sum_i (softplus(x_i) - t_i x_i) / n, it neither overflows nor becomes
    log 0, and the derivatives cancel to dx = dy (p - t) / n.
    Settings:
        label_smoothing: the share s for which t becomes (1 - s) t + s / 2; 0 in evaluation.
    Shapes: x and t (batch, outputs), y (batch,), t from 0 to 1. Keeps x and t. Has no gradient
    for t. Source: Bishop (2006), Pattern Recognition, equations 4.90 and 4.91.
    """

    label_smoothing: LabelSmoothing = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def for_evaluation(self) -> "BinaryCrossEntropy":
        return BinaryCrossEntropy()

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("binary_cross_entropy", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        smoothed = torch.lerp(t, torch.full_like(t, 0.5), self.label_smoothing)
        return loss(x, smoothed, reduction="none").mean(-1)

    def forward(self, x: Tensor, t: Tensor, scratch: Tensor, y: Tensor) -> Calls:
        kept = 1 - self.label_smoothing
        calls: Calls = [
            softplus(x, scratch),
            partial(torch.addcmul, scratch, x, t, value=-kept, out=scratch),
        ]
        if self.label_smoothing:
            calls.append(partial(scratch.sub_, x, alpha=self.label_smoothing / 2))
        return [*calls, *mean_along(-1, scratch, y)]

    def backward(self, x: Tensor, t: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        share = dy.new_tensor(1 / dx.shape[-1])
        kept = 1 - self.label_smoothing
        calls: Calls = [partial(torch.sigmoid, x, out=dx), partial(dx.sub_, t, alpha=kept)]
        if self.label_smoothing:
            calls.append(partial(dx.sub_, dx.new_tensor(self.label_smoothing / 2)))
        return [*calls, partial(dx.mul_, dy.unsqueeze(-1)), partial(dx.mul_, share)]


@loss("binary_cross_entropy", target="yes_or_no")
@op(
    "binary_cross_entropy_on_probabilities",
    workspace={"log_p": "x", "log_q": "x", "scratch": "x"},
    samples={"x": Sample(domain="share"), "t": Sample(domain="share")},
)
class BinaryCrossEntropyOnProbabilities:
    """Mean over a sample's n outputs of -t log(x + delta) - (1 - t) log(1 - x + delta).

    So dx = dy ((1 - t) / (1 - x + delta) - t / (x + delta)) / n. After sigmoid a plan computes
    both as one, binary_cross_entropy, which needs no guard and learns even where x has rounded to 0
    or 1.
    Settings:
        delta: guards the logarithms against 0; positive and small.
    Shapes: x and t (batch, outputs), y (batch,), both from 0 to 1. Keeps x and t. Has no gradient
    for t.
    """

    delta: Positive = 1e-7

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, t: Shape) -> Shape:
        return loss_shape("binary_cross_entropy_on_probabilities", x, t)

    def reference(self, x: Tensor, t: Tensor) -> Tensor:
        yes, no = torch.log(x + self.delta), torch.log(1 - x + self.delta)
        return -(t * yes + (1 - t) * no).mean(-1)

    def forward(self, x: Tensor, t: Tensor, log_p: Tensor, log_q: Tensor, y: Tensor) -> Calls:
        one, delta = x.new_tensor(1), x.new_tensor(self.delta)
        return [
            partial(torch.add, x, delta, out=log_p),
            log_p.log_,
            partial(torch.sub, one, x, out=log_q),
            partial(log_q.add_, delta),
            log_q.log_,
            partial(torch.lerp, log_q, log_p, t, out=log_p),  # t log p + (1 - t) log q
            *mean_along(-1, log_p, y),
            y.neg_,
        ]

    def backward(
        self, x: Tensor, t: Tensor, scratch: Tensor, dy: Tensor, dx: Tensor | None
    ) -> Calls:
        if dx is None:
            return []
        one, delta = x.new_tensor(1), x.new_tensor(self.delta)
        share = dy.new_tensor(1 / dx.shape[-1])
        return [
            partial(torch.sub, one, x, out=scratch),
            partial(scratch.add_, delta),
            partial(torch.sub, one, t, out=dx),
            partial(dx.div_, scratch),
            partial(torch.add, x, delta, out=scratch),
            partial(torch.div, t, scratch, out=scratch),
            partial(dx.sub_, scratch),
            partial(dx.mul_, dy.unsqueeze(-1)),
            partial(dx.mul_, share),
        ]
