"""Concatenate: the features of two values along one axis."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show


@op("concatenate", samples={"b": Sample((BATCH, "outputs"))})
class Concatenate:
    """y = [a, b] along the features, so da and db are parts of dy.

    Shapes: a (batch, features of a), b (batch, features of b), y (batch, both). Keeps nothing.
    """

    def shape(self, a: Shape, b: Shape) -> Shape:
        if len(a) != 2 or len(b) != 2 or a[0] != BATCH or b[0] != BATCH:
            raise InputError(
                f"concatenate got a {show(a)}, b {show(b)}; expected both (batch, features). "
                "Flatten what has more axes."
            )
        return (BATCH, int(a[1]) + int(b[1]))

    def reference(self, a: Tensor, b: Tensor) -> Tensor:
        return torch.cat([a, b], -1)

    def forward(self, a: Tensor, b: Tensor, y: Tensor) -> Calls:
        features = a.shape[-1]
        return [partial(y[..., :features].copy_, a), partial(y[..., features:].copy_, b)]

    def backward(self, dy: Tensor, da: Tensor | None, db: Tensor | None) -> Calls:
        calls: Calls = []
        if da is not None:
            calls.append(partial(da.copy_, dy[..., : da.shape[-1]]))
        if db is not None:
            calls.append(partial(db.copy_, dy[..., dy.shape[-1] - db.shape[-1] :]))
        return calls
