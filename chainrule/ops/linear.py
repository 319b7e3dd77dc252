"""Linear: the weighted sum z = W x + b of every unit of a dense layer."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show

# Descriptions of a layer's inputs, for this operation and those that are fused with it.
SAMPLES = {
    "x": Sample((BATCH, "inputs")),
    "w": Sample(("outputs", "inputs")),
    "b": Sample(("outputs",)),
}


@op("linear", layout="columns", samples=SAMPLES)
class Linear:
    """Weighted sums plus bias: y = W x + b for each sample x of the batch.

    With the samples as rows of X that is Y = X W^T + b, so dX = dY W, dW = dY^T X and db is the sum
    of dY over the samples. Y is laid out by columns, one sample a column, Y^T = W X^T + b: that
    makes narrow layers, the class scores above all, up to twice as fast (benchmarks/choices.py).
    Shapes: x (batch, inputs), w (outputs, inputs), b (outputs,), y (batch, outputs). Keeps x, w.
    Source: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating
    errors, equations 1 to 7.
    """

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        if len(x) != 2 or x[0] != BATCH or len(b) != 1 or w != (*b, x[1]):
            raise InputError(
                f"linear got x {show(x)}, w {show(w)}, b {show(b)}; expected x (batch, inputs), "
                "w (outputs, inputs), b (outputs,). Flatten x first if its samples have more axes."
            )
        return (BATCH, *b)

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, w, b)

    def forward(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
        if w.dim() == 2:
            return [partial(torch.addmm, b, x, w.mT, out=y)]
        return [partial(torch.baddbmm, b.unsqueeze(-2), x, w.mT, out=y)]

    def backward(
        self,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        # db first, while dy is still in the cache.
        through_bias: Calls = [] if db is None else [_sum_over_batch(dy, db)]
        return through_bias + _through_product(x, w, dy, dx, dw)

    def flops(self, name: str, x: tuple[int, ...], w: tuple[int, ...], **_: object) -> int:
        return _flops(name, x, w)


@op("linear_without_bias", layout="columns", samples={name: SAMPLES[name] for name in "xw"})
class LinearWithoutBias:
    """Linear without bias: y = W x, for use before an operation that subtracts the mean.

    Shapes, layout and source as for linear. Keeps x and w.
    """

    def shape(self, x: Shape, w: Shape) -> Shape:
        if len(x) != 2 or x[0] != BATCH or len(w) != 2 or BATCH in w or w[1] != x[1]:
            raise InputError(
                f"linear_without_bias got x {show(x)}, w {show(w)}; expected x (batch, inputs), "
                "w (outputs, inputs). Flatten x first if its samples have more axes."
            )
        return (BATCH, w[0])

    def reference(self, x: Tensor, w: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, w)

    def forward(self, x: Tensor, w: Tensor, y: Tensor) -> Calls:
        return [partial(_product(w), x, w.mT, out=y)]

    def backward(
        self, x: Tensor, w: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None
    ) -> Calls:
        return _through_product(x, w, dy, dx, dw)

    def flops(self, name: str, x: tuple[int, ...], w: tuple[int, ...], **_: object) -> int:
        return _flops(name, x, w)


def _through_product(
    x: Tensor, w: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None
) -> Calls:
    """Return the chain rule of X W^T: dW = dY^T X and dX = dY W."""
    calls: Calls = []
    if dw is not None:
        calls.append(partial(_product(w), dy.mT, x, out=dw))
    if dx is not None:
        calls.append(partial(_product(w), dy, w, out=dx))
    return calls


def _product(w: Tensor) -> Callable[..., Tensor]:
    """Return torch's matrix product, or its batched one where members are in front."""
    return torch.mm if w.dim() == 2 else torch.bmm


def _flops(name: str, x: tuple[int, ...], w: tuple[int, ...]) -> int:
    batch, (outputs, inputs) = x[-2], w[-2:]
    is_product = name in ("y", "dw", "dx")
    return 2 * batch * inputs * outputs if is_product else batch * outputs


def _sum_over_batch(dy: Tensor, db: Tensor) -> partial[Tensor]:
    if dy.dim() == 2:
        # As a product with ones: 1.8 times as fast as torch.sum at 32 x 50.
        return partial(torch.mv, dy.mT, dy.new_ones(dy.shape[0]), out=db)
    return partial(torch.sum, dy, -2, out=db)
