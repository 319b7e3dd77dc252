"""Copy: the flow rule that sums the branches."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape


@op("copy", in_place=OVER_X)
class Copy:
    """A copy of a value: y = x, so dx = dy.

    Flow rule: copy sums the branches. A value that several operations read is copied to each of
    them, y_1 = y_2 = x, so dx = dy_1 + dy_2. The copies share the memory of x and cost nothing;
    what remains of the rule is the sum, which a plan adds wherever a value is read again.
    Shapes: all alike, any.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x.clone()

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(y.copy_, x)]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return [partial(dx.copy_, dy)] if dx is not None else []

    def sum_of_branches(self, dy_1: Tensor, dy_2: Tensor, dx: Tensor) -> Calls:
        """Return the kernel that sums two branches: dx = dy_1 + dy_2."""
        return [partial(torch.add, dy_1, dy_2, out=dx)]
