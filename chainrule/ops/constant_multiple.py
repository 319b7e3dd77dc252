"""Constant multiple: a value times a number that is not learned."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ranges import invalid_setting


@op("constant_multiple", in_place=OVER_X, settings=[{"factor": 0.1}, {"factor": -6.0}])
class ConstantMultiple:
    """y = factor x, so dx = factor dy. For parameters as well as for values of samples.

    Settings:
        factor: not 0, since nothing before it could learn then.
    Shapes: x and y alike, any. Keeps nothing.
    """

    factor: float

    def __post_init__(self) -> None:
        if self.factor == 0:
            raise invalid_setting(self, "factor", "a number other than 0", 0.5)

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return self.factor * x

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.mul, x, x.new_tensor(self.factor), out=y)]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.mul, dy, dy.new_tensor(self.factor), out=dx)]
