"""Max pooling: the largest number of each window."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Workspace, op
from chainrule.ops.parts.members import for_each_member
from chainrule.ops.parts.pictures import AXES, channels_first, in_rows, moved
from chainrule.ops.parts.pooling import SAMPLES, SETTINGS, Pooling


@op(
    "max_pool",
    layout="rows",
    workspace={"places": Workspace("y", type="index")},
    samples=SAMPLES,
    settings=SETTINGS,
)
class MaxPool(Pooling):
    """The largest number of each window of a picture, channel by channel.

    As in the flow rule of maximum, the gradient goes to the winner alone: dx sums, for each pixel,
    the dy of the windows that it won. Of equal pixels the first in reading order wins. What lies
    beyond the picture never wins. `places` are the winners, counted in reading order.
    Settings: kernel, stride and padding, as for Pooling.
    Shapes: x (batch, height, width, channels), y (batch, height', width', channels). Keeps places.
    Source: Riesenhuber & Poggio (1999), Hierarchical models of object recognition in cortex.
    """

    def reference(self, x: Tensor) -> Tensor:
        pooled = torch.nn.functional.max_pool2d(
            channels_first(x), self.kernel, self.stride, self.padding
        )
        return pooled.movedim(-3, -1)

    def forward(self, x: Tensor, y: Tensor, places: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, y, places)

    def backward(self, places: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else for_each_member(AXES, self._backward, places, dy, dx)

    def _forward(self, x: Tensor, y: Tensor, places: Tensor) -> Calls:
        rows = in_rows(x)
        pool = partial(
            torch.ops.aten.max_pool2d_with_indices.out,
            channels_first(rows),
            *self.pairs,
            out=channels_first(y),
            indices=channels_first(places),
        )
        return [*moved(x, rows), pool]

    def _backward(self, places: Tensor, dy: Tensor, dx: Tensor) -> Calls:
        dy_rows, dx_rows = in_rows(dy), in_rows(dx)
        spread = partial(
            torch.ops.aten.max_pool2d_with_indices_backward.grad_input,
            channels_first(dy_rows),
            channels_first(dx_rows),  # of x the kernel reads the shape alone
            *self.pairs,
            *((1, 1), False),  # no dilation, and no windows that begin but don't end on x
            channels_first(places),
            grad_input=channels_first(dx_rows),
        )
        return [*moved(dy, dy_rows), spread, *moved(dx_rows, dx)]
