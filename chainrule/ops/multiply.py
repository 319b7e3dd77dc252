"""Multiply: the flow rule that swaps the factors."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.same_shape import same_shape


@op("multiply", in_place={"y": ("a", "b")})
class Multiply:
    """Product of two values, element by element: y = a b, so da = dy b and db = dy a.

    Flow rule: multiply swaps the factors; each factor's gradient is scaled by the other one.
    Shapes: a, b and y alike, any. Keeps a and b.
    """

    def shape(self, a: Shape, b: Shape) -> Shape:
        return same_shape("multiply", a=a, b=b)

    def reference(self, a: Tensor, b: Tensor) -> Tensor:
        return a * b

    def forward(self, a: Tensor, b: Tensor, y: Tensor) -> Calls:
        return [partial(torch.mul, a, b, out=y)]

    def backward(
        self, a: Tensor, b: Tensor, dy: Tensor, da: Tensor | None, db: Tensor | None
    ) -> Calls:
        calls: Calls = []
        if da is not None:
            calls.append(partial(torch.mul, dy, b, out=da))
        if db is not None:
            calls.append(partial(torch.mul, dy, a, out=db))
        return calls
