"""Max pooling with the rectifier: one operation where a plan finds relu and then max pooling."""

import math

from torch import Tensor

from chainrule.graph.operation import Calls, Workspace, op
from chainrule.ops.max_pool import MaxPool
from chainrule.ops.parts.pooling import SAMPLES, SETTINGS, Pooling
from chainrule.ops.relu import Relu


@op(
    "max_pool_relu",
    layout="rows",
    workspace={"places": Workspace("y", type="index"), "dz": "y"},
    in_place={"dz": ("dy",)},
    samples=SAMPLES,
    settings=SETTINGS,
)
class MaxPoolRelu(Pooling):
    """The largest number of each window, or 0 if none is above: y = relu z with z = max_pool x.

    That is max_pool(relu x), as relu never turns the order of two numbers round; but relu has only
    as many numbers to do as there are windows. The gradient is the very same too: of a window with
    a positive number the same pixel wins, of any other relu lets nothing through. (y may be -0
    where it would have been 0.)
    Settings: kernel, stride and padding, as for Pooling.
    Shapes: x (batch, height, width, channels), y (batch, height', width', channels). Keeps y and
    places, the winners.
    """

    def reference(self, x: Tensor) -> Tensor:
        return self._pool().reference(Relu().reference(x))

    def forward(self, x: Tensor, y: Tensor, places: Tensor) -> Calls:
        return self._pool().forward(x, y, places) + Relu().forward(x=y, y=y)

    def backward(
        self, y: Tensor, places: Tensor, dy: Tensor, dz: Tensor, dx: Tensor | None
    ) -> Calls:
        if dx is None:
            return []
        return Relu().backward(y, dy, dx=dz) + self._pool().backward(places, dz, dx)

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        if name == "dz":
            return math.prod(shapes["dz"])
        return super().flops(name, **shapes)

    def _pool(self) -> MaxPool:
        return MaxPool(self.kernel, self.stride, self.padding)
