"""Cast: the same numbers in another precision."""

from functools import partial
from typing import Literal, get_args

from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ranges import invalid_setting

# "full" is the precision of the weights, float32 by default.
BufferPrecision = Literal["full", "bfloat16"]


@op("cast", settings=[{"to": "bfloat16"}, {"to": "full"}])
class Cast:
    """The same numbers in another precision: y = x, rounded to the nearest, so dx = dy.

    Precision is a property of buffers; a plan gives y the precision set here. bfloat16 has the
    exponents of float32 but 8 instead of 24 bits of each number: half the memory, and, where
    the processor has instructions for it, several times as many products a second.
    Settings:
        to: the precision of y, full or bfloat16.
    Shapes: x and y alike, any. Source: Micikevicius et al. (2018), Mixed precision training,
    section 3.1; Kalamkar et al. (2019), A study of bfloat16 for deep learning training.
    """

    to: BufferPrecision

    def __post_init__(self) -> None:
        if self.to not in get_args(BufferPrecision):
            raise invalid_setting(self, "to", "full or bfloat16")

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x.clone()

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(y.copy_, x)]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else [partial(dx.copy_, dy)]
