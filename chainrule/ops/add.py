"""Add: the flow rule that passes the gradient on."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.same_shape import same_shape


@op("add", in_place={"y": ("a", "b")}, views={"da": "dy", "db": "dy"})
class Add:
    """Sum of two values, element by element: y = a + b, so da = dy and db = dy.

    Flow rule: add passes the gradient on, unchanged, to both. The gradients share the memory of dy,
    so backward computes nothing.
    Shapes: a, b and y alike, any.
    """

    def shape(self, a: Shape, b: Shape) -> Shape:
        return same_shape("add", a=a, b=b)

    def reference(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b

    def forward(self, a: Tensor, b: Tensor, y: Tensor) -> Calls:
        return [partial(torch.add, a, b, out=y)]

    def backward(self, dy: Tensor, da: Tensor | None, db: Tensor | None) -> Calls:
        return []
