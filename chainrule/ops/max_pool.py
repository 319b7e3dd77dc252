"""Max pooling: the maximum of each window."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Workspace, op
from chainrule.ops.parts.members import for_each_member
from chainrule.ops.parts.pictures import AXES, channels_first, copy_calls, row_major
from chainrule.ops.parts.pooling import SAMPLES, SETTINGS, Pooling


@op(
    "max_pool",
    layout="rows",
    workspace={"indices": Workspace("y", type="index")},
    samples=SAMPLES,
    settings=SETTINGS,
)
class MaxPool(Pooling):
    """The maximum of each window of a picture, channel by channel.

    As in the flow rule of maximum, the gradient goes to the winner alone: dx of a pixel is the sum
    of dy over the windows in which it is the maximum. Of equal pixels the first in row-major order
    wins; padding never wins. `indices` are those of the winners, in row-major order.
    Settings: kernel, stride and padding, as for Pooling.
    Shapes: x (batch, height, width, channels), y (batch, height', width', channels). Keeps indices.
    Source: Riesenhuber & Poggio (1999), Hierarchical models of object recognition in cortex.
    """

    def reference(self, x: Tensor) -> Tensor:
        pooled = torch.nn.functional.max_pool2d(
            channels_first(x), self.kernel, self.stride, self.padding
        )
        return pooled.movedim(-3, -1)

    def forward(self, x: Tensor, y: Tensor, indices: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, y, indices)

    def backward(self, indices: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else for_each_member(AXES, self._backward, indices, dy, dx)

    def _forward(self, x: Tensor, y: Tensor, indices: Tensor) -> Calls:
        rows = row_major(x)
        pool = partial(
            torch.ops.aten.max_pool2d_with_indices.out,
            channels_first(rows),
            *self.pairs,
            out=channels_first(y),
            indices=channels_first(indices),
        )
        return [*copy_calls(x, rows), pool]

    def _backward(self, indices: Tensor, dy: Tensor, dx: Tensor) -> Calls:
        dy_rows, dx_rows = row_major(dy), row_major(dx)
        scatter = partial(
            torch.ops.aten.max_pool2d_with_indices_backward.grad_input,
            channels_first(dy_rows),
            channels_first(dx_rows),  # of x the kernel reads the shape alone
            *self.pairs,
            *((1, 1), False),  # no dilation, and no windows that begin but don't end on x
            channels_first(indices),
            grad_input=channels_first(dx_rows),
        )
        return [*copy_calls(dy, dy_rows), scatter, *copy_calls(dx_rows, dx)]
