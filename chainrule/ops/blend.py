"""Blend: interpolation between two values, with a weight for each feature."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.per_feature import broadcast_features, sum_by_feature


@op(
    "blend",
    workspace={"product": "x"},
    samples={
        "x": Sample((BATCH, 2, "features")),
        "f": Sample((BATCH, 2, "features")),
        "a": Sample(("features",)),
    },
)
class Blend:
    """y = x + a (f - x), with an a for each feature: x where a is 0, f where it is 1.

    So dx = dy (1 - a), df = dy a, and da sums dy (f - x) over samples and positions.
    Shapes: x, f and y (batch, ..., features), a (features,). Keeps x, f and a.
    """

    def shape(self, x: Shape, f: Shape, a: Shape) -> Shape:
        if len(x) < 2 or x[0] != BATCH or f != x or a != x[-1:]:
            raise InputError(
                f"blend got x {show(x)}, f {show(f)}, a {show(a)}; expected x and f (batch, ..., "
                "features) alike and a number for each feature, a (features,)."
            )
        return x

    def reference(self, x: Tensor, f: Tensor, a: Tensor) -> Tensor:
        return x + a * (f - x)

    def forward(self, x: Tensor, f: Tensor, a: Tensor, y: Tensor) -> Calls:
        return [partial(torch.lerp, x, f, broadcast_features(a, x), out=y)]

    def backward(
        self,
        x: Tensor,
        f: Tensor,
        a: Tensor,
        product: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        df: Tensor | None,
        da: Tensor | None,
    ) -> Calls:
        share = broadcast_features(a, dy)
        calls: Calls = []
        if da is not None:
            calls += [
                partial(torch.sub, f, x, out=product),
                partial(product.mul_, dy),
                sum_by_feature(product, da),
            ]
        if df is not None:
            calls.append(partial(torch.mul, dy, share, out=df))
        if dx is not None:
            calls.append(partial(torch.addcmul, dy, dy, share, value=-1, out=dx))
        return calls
