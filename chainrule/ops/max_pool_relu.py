"""Max pooling with the rectifier: the fusion of relu and max pooling."""

import math

from torch import Tensor

from chainrule.graph.operation import Calls, Workspace, op
from chainrule.ops.max_pool import MaxPool
from chainrule.ops.parts.pooling import SAMPLES, SETTINGS, Pooling
from chainrule.ops.relu import Relu


@op(
    "max_pool_relu",
    layout="rows",
    workspace={"indices": Workspace("y", type="index"), "dz": "y"},
    in_place={"dz": ("dy",)},
    samples=SAMPLES,
    settings=SETTINGS,
)
class MaxPoolRelu(Pooling):
    """The maximum of each window, or 0 if that is negative: y = relu z with z = max_pool x.

    That is max_pool(relu x), since relu never reverses the order of two numbers; but relu is
    computed only once per window. The gradient is the same too: in a window with a positive number
    the same pixel wins, in any other relu has the derivative 0. (y may be -0 where it would have
    been 0.)
    Settings: kernel, stride and padding, as for Pooling.
    Shapes: x (batch, height, width, channels), y (batch, height', width', channels). Keeps y and
    the indices of the winners.
    """

    def reference(self, x: Tensor) -> Tensor:
        return self._pool().reference(Relu().reference(x))

    def forward(self, x: Tensor, y: Tensor, indices: Tensor) -> Calls:
        return self._pool().forward(x, y, indices) + Relu().forward(x=y, y=y)

    def backward(
        self, y: Tensor, indices: Tensor, dy: Tensor, dz: Tensor, dx: Tensor | None
    ) -> Calls:
        if dx is None:
            return []
        return Relu().backward(y, dy, dx=dz) + self._pool().backward(indices, dz, dx)

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        if name == "dz":
            return math.prod(shapes["dz"])
        return super().flops(name, **shapes)

    def _pool(self) -> MaxPool:
        return MaxPool(self.kernel, self.stride, self.padding)
