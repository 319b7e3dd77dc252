"""Scale: a factor for each feature."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.per_feature import broadcast_features, sum_by_feature


@op(
    "scale",
    workspace={"product": "x"},
    in_place={"y": ("x",)},
    samples={"x": Sample((BATCH, 2, "features")), "s": Sample(("features",))},
)
class Scale:
    """A factor for each feature: y = s x, the product with a diagonal matrix.

    So dx = s dy, and ds sums dy x over samples and positions.
    Shapes: x and y (batch, ..., features), s (features,). Keeps x and s.
    """

    def shape(self, x: Shape, s: Shape) -> Shape:
        if len(x) < 2 or x[0] != BATCH or s != x[-1:]:
            raise InputError(
                f"scale got x {show(x)}, s {show(s)}; expected x (batch, ..., features) and a "
                "number for each feature, s (features,)."
            )
        return x

    def reference(self, x: Tensor, s: Tensor) -> Tensor:
        return x * s

    def forward(self, x: Tensor, s: Tensor, y: Tensor) -> Calls:
        return [partial(torch.mul, x, broadcast_features(s, x), out=y)]

    def backward(
        self,
        x: Tensor,
        s: Tensor,
        product: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        ds: Tensor | None,
    ) -> Calls:
        calls: Calls = []
        if ds is not None:
            calls += [partial(torch.mul, dy, x, out=product), sum_by_feature(product, ds)]
        if dx is not None:
            calls.append(partial(torch.mul, dy, broadcast_features(s, dy), out=dx))
        return calls
