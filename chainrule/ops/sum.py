"""Sum over one axis, or over everything."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import BATCH, Shape, show


@op("sum", settings=[{"axis": None}, {"axis": -1}])
class Sum:
    """Sum of the elements along an axis: y = sum of x, so dx = dy for each element summed.

    Settings:
        axis: counted from the end (-1 is the last), or None for all axes, the batch included.
    Shapes: y is x without the axis; () for None.
    """

    axis: int | None = None

    def shape(self, x: Shape) -> Shape:
        return without_axis("sum", x, self.axis)

    def reference(self, x: Tensor) -> Tensor:
        return x.sum() if self.axis is None else x.sum(self.axis)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.sum, x, summed_axes(x, y, self.axis), out=y)]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return [partial(dx.copy_, expand_gradient(dy, dx, self.axis))] if dx is not None else []


def without_axis(operation: str, x: Shape, axis: int | None) -> Shape:
    """Return the shape of x without one axis, or () without all of them.

    Raises:
        InputError: x does not have the axis.
    """
    if axis is None:
        return ()
    if not -len(x) <= axis < 0:
        raise InputError(
            f"{operation} got axis {axis} for a value of shape {show(x)}; expected one from "
            f"{-len(x)} to -1, counted from the end, or None for all."
        )
    if x[axis] == BATCH:
        raise InputError(
            f"{operation} got axis {axis}, which is the batch of {show(x)}; "
            "only axis=None, over everything, reaches over the samples."
        )
    return x[:axis] + x[len(x) + axis + 1 :]


def summed_axes(x: Tensor, y: Tensor, axis: int | None) -> list[int]:
    """Return the axes of x that y lacks, counted from the end."""
    return [axis] if axis is not None else list(range(y.dim() - x.dim(), 0))


def expand_gradient(dy: Tensor, dx: Tensor, axis: int | None) -> Tensor:
    """View dy in the shape of dx, each element repeated where the forward pass summed."""
    for missing in sorted(summed_axes(dx, dy, axis)):
        dy = dy.unsqueeze(missing if axis is not None else -1)
    return dy.expand(dx.shape)
