"""Mean over one axis, or over everything."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.sum import expand_gradient, summed_axes, without_axis


@op("mean", settings=[{"axis": None}, {"axis": -1}])
class Mean:
    """Mean of the n elements along an axis: y = sum of x / n, so dx = dy / n for each.

    Training minimises the mean of a batch's losses; its gradient is 1/n for every sample, a
    constant, which a plan computes once.
    Settings:
        axis: counted from the end (-1 is the last), or None for all axes, the batch included.
    Shapes: y is x without the axis; () for None.
    """

    axis: int | None = None

    def shape(self, x: Shape) -> Shape:
        return without_axis("mean", x, self.axis)

    def reference(self, x: Tensor) -> Tensor:
        return x.mean() if self.axis is None else x.mean(self.axis)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        if x.dim() == 1 and y.dim() == 0:
            # As a product with 1/n: a quarter of the time of torch.mean for a batch of losses, and
            # unlike torch.dot it allocates no memory.
            share = torch.full_like(x, 1 / x.numel())
            return [partial(torch.mv, x.unsqueeze(0), share, out=y.view(1))]
        return mean_along(self.axis, x, y)

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        share = dy.new_tensor(dy.numel() / dx.numel())
        return [partial(torch.mul, expand_gradient(dy, dx, self.axis), share, out=dx)]


def mean_along(axis: int | None, x: Tensor, y: Tensor) -> Calls:
    """Return the kernels of y = mean of x along an axis. torch.mean would allocate its divisor."""
    share = y.new_tensor(y.numel() / x.numel())
    return [partial(torch.sum, x, summed_axes(x, y, axis), out=y), partial(y.mul_, share)]
