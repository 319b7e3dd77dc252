"""Maximum: the flow rule that sends the gradient to the winner alone."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.same_shape import same_shape


@op("maximum", in_place={"y": ("a", "b")})
class Maximum:
    """The larger of two values, element by element: y = max(a, b).

    Flow rule: max sends the gradient to the winner alone: da = dy where a >= b, else 0, and db is
    dy where b is larger. Of equal values the first, a, wins (torch.autograd gives half to each).
    Shapes: a, b and y alike, any. Keeps a and b.
    """

    def shape(self, a: Shape, b: Shape) -> Shape:
        return same_shape("maximum", a=a, b=b)

    def reference(self, a: Tensor, b: Tensor) -> Tensor:
        return torch.maximum(a, b)

    def forward(self, a: Tensor, b: Tensor, y: Tensor) -> Calls:
        return [partial(torch.maximum, a, b, out=y)]

    def backward(
        self, a: Tensor, b: Tensor, dy: Tensor, da: Tensor | None, db: Tensor | None
    ) -> Calls:
        calls: Calls = []
        if da is not None:
            calls += [partial(torch.ge, a, b, out=da), partial(da.mul_, dy)]
        if db is not None:
            calls += [partial(torch.lt, a, b, out=db), partial(db.mul_, dy)]
        return calls
