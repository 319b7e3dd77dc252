"""Squared error of each sample; its mean over the batch is the mean squared error."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.alike import alike
from chainrule.ops.mean import mean_along


@op("squared_error", workspace={"e": "x", "scratch": "x"}, in_place={"dx": ("e",)})
class SquaredError:
    """Mean over a sample's outputs of the squared error: y = sum_i e_i^2 / n with e = x - t.

    So dx = dy 2 e / n. Without the factor 1/2 that some texts put in front.
    Shapes: x and t (batch, outputs), y (batch,). Keeps e. Has no gradient for t.
    """

    def shape(self, x: Shape, t: Shape) -> Shape:
        return one_loss_a_sample("squared_error", x, t)

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


def one_loss_a_sample(operation: str, x: Shape, t: Shape) -> Shape:
    """The shape (batch,) of losses of outputs x for targets t.

    Raises:
        InputError: they differ in shape, or are not (batch, outputs).
    """
    both = alike(operation, x=x, t=t)
    if len(both) != 2 or both[0] != BATCH:
        raise InputError(
            f"{operation} got values of shape {show(both)}; expected (batch, outputs)."
        )
    return both[:1]
