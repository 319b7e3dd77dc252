"""Reshape: the same numbers under another shape."""

import math

from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show


@op(
    "reshape",
    views={"y": "x", "dx": "dy"},
    samples={"x": Sample((BATCH, 2, 3, 2))},
    settings=[{"features": (4, 3)}],
)
class Reshape:
    """The features of each sample in another shape: y = x, so dx = dy. Nothing is copied.

    Settings:
        features: the new shape of a sample; (n,) flattens it.
    Shapes: x (batch, ...), y (batch, *features), as many features in both.
    """

    features: tuple[int, ...]

    def shape(self, x: Shape) -> Shape:
        count = math.prod(length for length in x if length != BATCH)
        if x[:1] != (BATCH,) or count != math.prod(self.features):
            raise InputError(
                f"reshape got a value of shape {show(x)} for features {self.features}; expected a "
                f"batch of samples with {math.prod(self.features)} features each."
            )
        return (BATCH, *self.features)

    def reference(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.features)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return []

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return []
