"""Average pooling: the mean of each window."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.ops.parts.members import for_each_member
from chainrule.ops.parts.pictures import AXES, channels_first, copy_calls, row_major
from chainrule.ops.parts.pooling import SAMPLES, SETTINGS, Pooling


@op("average_pool", layout="rows", samples=SAMPLES, settings=SETTINGS)
class AveragePool(Pooling):
    """The mean of each window of a picture, channel by channel: y = sum of x / n.

    n is the number of pixels of the window inside the picture; padding counts neither in the sum
    nor in n. So dx of a pixel is the sum of dy / n over the windows that contain it.
    Settings: kernel, stride and padding, as for Pooling.
    Shapes: x (batch, height, width, channels), y (batch, height', width', channels).
    Source: LeCun et al. (1998), Gradient-based learning applied to document recognition, section
    2.A, there with a trained factor and bias.
    """

    def reference(self, x: Tensor) -> Tensor:
        pooled = torch.nn.functional.avg_pool2d(
            channels_first(x), self.kernel, self.stride, self.padding, count_include_pad=False
        )
        return pooled.movedim(-3, -1)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, y)

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else for_each_member(AXES, self._backward, dy, dx)

    def _forward(self, x: Tensor, y: Tensor) -> Calls:
        rows = row_major(x)
        pool = partial(
            torch.ops.aten.avg_pool2d.out,
            channels_first(rows),
            *self.pairs,
            *(False, False, None),  # only whole windows, padding not counted, no other divisor
            out=channels_first(y),
        )
        return [*copy_calls(x, rows), pool]

    def _backward(self, dy: Tensor, dx: Tensor) -> Calls:
        dy_rows, dx_rows = row_major(dy), row_major(dx)
        scatter = partial(
            torch.ops.aten.avg_pool2d_backward.grad_input,
            channels_first(dy_rows),
            channels_first(dx_rows),  # of x the kernel reads the shape alone
            *self.pairs,
            *(False, False, None),  # only whole windows, padding not counted, no other divisor
            grad_input=channels_first(dx_rows),
        )
        return [*copy_calls(dy, dy_rows), scatter, *copy_calls(dx_rows, dx)]
