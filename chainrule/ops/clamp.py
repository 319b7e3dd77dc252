"""Clamp: values kept within bounds."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.per_feature import broadcast_features


@op(
    "clamp",
    workspace={"within": "x"},
    samples={"low": Sample(("features",), "weight"), "high": Sample(("features",), "positive")},
)
class Clamp:
    """y = min(max(x, low), high), feature by feature, so dx = dy where y = x, else 0.

    The bounds come from samples and are not learned: no gradient reaches them.
    Shapes: x and y (batch, ..., features), low and high (features,). Keeps x and y.
    """

    def shape(self, x: Shape, low: Shape, high: Shape) -> Shape:
        if len(x) < 2 or x[0] != BATCH or low != x[-1:] or high != low:
            raise InputError(
                f"clamp got x {show(x)}, low {show(low)}, high {show(high)}; expected x (batch, "
                "..., features) and two bounds for each feature, low and high (features,)."
            )
        return x

    def reference(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        return torch.minimum(torch.maximum(x, low), high)

    def forward(self, x: Tensor, low: Tensor, high: Tensor, y: Tensor) -> Calls:
        return [
            partial(torch.maximum, x, broadcast_features(low, x), out=y),
            partial(torch.minimum, y, broadcast_features(high, y), out=y),
        ]

    def backward(
        self, x: Tensor, y: Tensor, within: Tensor, dy: Tensor, dx: Tensor | None
    ) -> Calls:
        if dx is None:
            return []
        return [partial(torch.eq, x, y, out=within), partial(torch.mul, dy, within, out=dx)]
