"""Layer normalisation: each sample by its own mean and variance."""

import math
from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.per_feature import (
    affine,
    broadcast_features,
    inverse_deviation,
    sum_by_feature,
)


@op(
    "layer_normalisation",
    workspace={"normalised": "x", "inverses": "x", "product": "x"},
    in_place={"normalised": ("x",), "y": ("x",), "dx": ("dy",)},
    samples={
        "x": Sample((BATCH, "inputs", 5)),
        "scale": Sample((5,)),
        "shift": Sample((5,)),
    },
)
class LayerNormalisation:
    """The features of each sample, normalised to mean 0 and deviation 1, then scaled and shifted.

    Over the n features of a sample (and position, where it has more axes)

        mean = sum of x / n,  variance = sum of (x - mean)^2 / n      (biased)
        x^ = (x - mean) / sqrt(variance + epsilon),  y = scale x^ + shift.

    With g = scale dy, and sums over the features of a sample, except the first two, which are
    over all samples,

        dshift = sum of dy,  dscale = sum of dy x^,
        dx = (g - sum of g / n - x^ (sum of g x^) / n) / sqrt(variance + epsilon).

    Samples are independent: it is the same in training and in evaluation, for any batch size.
    Settings:
        epsilon: is added to the variance, inside the root.
    Shapes: x and y (batch, ..., features), scale and shift (features,). Keeps x^ and the roots.
    Source: Ba, Kiros & Hinton (2016), Layer normalization, equations 3 and 4.
    """

    epsilon: float = 1e-5

    def shape(self, x: Shape, scale: Shape, shift: Shape) -> Shape:
        if len(x) < 2 or x[0] != BATCH or scale != x[-1:] or shift != x[-1:]:
            raise InputError(
                f"layer_normalisation got x {show(x)}, scale {show(scale)}, shift {show(shift)}; "
                "expected x (batch, ..., features), scale (features,), shift (features,)."
            )
        return x

    def reference(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        return torch.nn.functional.layer_norm(x, x.shape[-1:], scale, shift, self.epsilon)

    def forward(
        self,
        x: Tensor,
        scale: Tensor,
        shift: Tensor,
        normalised: Tensor,
        inverses: Tensor,
        y: Tensor,
    ) -> Calls:
        total = squares = inverse = _per_sample(inverses)  # one after the other
        share = 1 / x.shape[-1]
        return [
            partial(torch.sum, x, -1, keepdim=True, out=total),
            partial(torch.sub, x, total, alpha=share, out=normalised),
            partial(torch.mul, normalised, normalised, out=y),
            partial(torch.sum, y, -1, keepdim=True, out=squares),
            *inverse_deviation(squares, share, self.epsilon, inverse),
            partial(normalised.mul_, inverse),
            *affine(normalised, scale, shift, y),
        ]

    def backward(
        self,
        scale: Tensor,
        normalised: Tensor,
        inverses: Tensor,
        product: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dscale: Tensor | None,
        dshift: Tensor | None,
    ) -> Calls:
        calls: Calls = []
        if dshift is not None:
            calls.append(sum_by_feature(dy, dshift))
        calls.append(partial(torch.mul, dy, normalised, out=product))
        if dscale is not None:
            calls.append(sum_by_feature(product, dscale))
        if dx is not None:
            inverse = _per_sample(inverses)
            level, slope = torch.empty_like(inverse), torch.empty_like(inverse)
            share = 1 / dx.shape[-1]
            calls += [
                partial(product.mul_, broadcast_features(scale, dy)),
                partial(torch.sum, product, -1, keepdim=True, out=slope),
                partial(torch.mul, dy, broadcast_features(scale, dy), out=dx),
                partial(torch.sum, dx, -1, keepdim=True, out=level),
                partial(dx.sub_, level, alpha=share),
                partial(dx.addcmul_, normalised, slope, value=-share),
                partial(dx.mul_, inverse),
            ]
        return calls

    def flops(self, name: str, normalised: tuple[int, ...], **_: object) -> int:
        each = {"y": 2, "normalised": 5, "dshift": 1, "product": 1, "dscale": 1, "dx": 7}
        return each.get(name, 0) * math.prod(normalised)


def _per_sample(inverses: Tensor) -> Tensor:
    """View the first feature of a workspace of the shape of x, as one number per sample."""
    return inverses[..., :1]
