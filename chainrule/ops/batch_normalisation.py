"""Batch normalisation: by the batch's own statistics in training, by running ones afterwards."""

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
    count_by_feature,
    inverse_deviation,
    sum_by_feature,
)

SAMPLES = {
    "x": Sample((BATCH, 4, "features")),
    "scale": Sample(("features",)),
    "shift": Sample(("features",)),
    "running_mean": Sample(("features",)),
    "running_variance": Sample(("features",), "positive"),
}


@op(
    "batch_normalisation",
    updates=("running_mean", "running_variance"),
    workspace={
        "e": "x",
        "mean": "scale",
        "inverse": "scale",
        "factor": "scale",
        "level": "scale",
        "slope": "scale",
    },
    in_place={"e": ("x",), "y": ("x",)},
    samples=SAMPLES,
)
class BatchNormalisation:
    """Each feature, normalised to mean 0 and deviation 1 in the batch, then scaled and shifted.

    Over the n values of a feature, at every sample and position,

        mean = sum of x / n,  variance = sum of (x - mean)^2 / n      (biased)
        x^ = (x - mean) / sqrt(variance + epsilon),  y = scale x^ + shift.

    Mean and variance depend on every x, so the chain rule goes through them too:

        dshift = sum of dy,  dscale = sum of dy x^,
        dx = scale / sqrt(variance + epsilon) (dy - dshift / n - x^ dscale / n).

    For evaluation running statistics are kept, as torch does: new = (1 - momentum) old + momentum
    of this batch, its variance the unbiased one, sum of (x - mean)^2 / (n - 1). (Others call
    1 - momentum the momentum.) Where n = 1 there is none: y is the shift then, dx is 0, and the
    running statistics stay.
    Settings:
        epsilon: is added to the variance, inside the root.
        momentum: share of this batch in the running statistics.
    Shapes: x and y (batch, ..., features), all others (features,). Keeps e = x - mean.
    Source: Ioffe & Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, algorithm 1 and section 3.
    """

    epsilon: float = 1e-5
    momentum: float = 0.1

    def shape(
        self, x: Shape, scale: Shape, shift: Shape, running_mean: Shape, running_variance: Shape
    ) -> Shape:
        return _normalised(x, scale, shift, running_mean, running_variance)

    def reference(
        self,
        x: Tensor,
        scale: Tensor,
        shift: Tensor,
        running_mean: Tensor,
        running_variance: Tensor,
    ) -> Tensor:
        variance, mean = torch.var_mean(x, tuple(range(x.dim() - 1)), correction=0)
        return (x - mean) / (variance + self.epsilon).sqrt() * scale + shift

    def for_evaluation(self) -> "FrozenBatchNormalisation":
        return FrozenBatchNormalisation(self.epsilon)

    def forward(
        self,
        x: Tensor,
        scale: Tensor,
        shift: Tensor,
        running_mean: Tensor,
        running_variance: Tensor,
        e: Tensor,
        mean: Tensor,
        inverse: Tensor,
        factor: Tensor,
        y: Tensor,
    ) -> Calls:
        n = count_by_feature(x, scale)
        squares = inverse  # their sum, until it is 1 / sqrt(variance + epsilon)
        return [
            sum_by_feature(x, mean),
            partial(mean.mul_, mean.new_tensor(1 / n)),
            partial(torch.sub, x, broadcast_features(mean, x), out=e),
            partial(torch.mul, e, e, out=y),
            sum_by_feature(y, squares),
            *self._running(n, mean, squares, running_mean, running_variance),
            *inverse_deviation(squares, 1 / n, self.epsilon, inverse),
            partial(torch.mul, scale, inverse, out=factor),
            *affine(e, factor, shift, y),
        ]

    def backward(
        self,
        e: Tensor,
        inverse: Tensor,
        factor: Tensor,
        level: Tensor,
        slope: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dscale: Tensor | None,
        dshift: Tensor | None,
    ) -> Calls:
        # The gradient of x needs the other two, even where they are not needed themselves.
        product = torch.empty_like(e) if dx is None else dx
        dscale = torch.empty_like(inverse) if dscale is None else dscale
        dshift = torch.empty_like(inverse) if dshift is None else dshift
        calls: Calls = [
            sum_by_feature(dy, dshift),
            partial(torch.mul, dy, e, out=product),
            sum_by_feature(product, dscale),
            partial(dscale.mul_, inverse),
        ]
        if dx is not None:
            share = e.new_tensor(-1 / count_by_feature(e, inverse))
            calls += [
                # dx = factor dy + slope e + level
                partial(torch.mul, factor, share, out=slope),
                partial(torch.mul, slope, dshift, out=level),
                partial(slope.mul_, dscale),
                partial(slope.mul_, inverse),
                *affine(e, slope, level, dx),
                partial(dx.addcmul_, dy, broadcast_features(factor, dy)),
            ]
        return calls

    def flops(self, name: str, e: tuple[int, ...], **shapes: tuple[int, ...]) -> int:
        each = {"e": 2, "y": 4, "dshift": 1, "dscale": 2, "dx": 4}
        return each[name] * math.prod(e) if name in each else math.prod(shapes[name])

    def _running(
        self,
        n: int,
        mean: Tensor,
        squares: Tensor,
        running_mean: Tensor,
        running_variance: Tensor,
    ) -> Calls:
        """Move the running statistics towards those of a batch of n values per feature."""
        if n == 1:
            return []
        kept = mean.new_tensor(1 - self.momentum)
        return [
            partial(running_mean.lerp_, mean, self.momentum),
            partial(running_variance.mul_, kept),
            partial(running_variance.add_, squares, alpha=self.momentum / (n - 1)),
        ]


@op(
    "frozen_batch_normalisation",
    workspace={"inverse": "scale", "factor": "scale", "product": "x"},
    in_place={"y": ("x",), "dx": ("dy",)},
    samples=SAMPLES,
)
class FrozenBatchNormalisation:
    """Batch normalisation as it is after training: by the running statistics.

        y = scale (x - running_mean) / sqrt(running_variance + epsilon) + shift

    Each sample separately, independent of its batch. So dx = scale dy / sqrt(...), dshift = sum of
    dy and dscale = sum of dy (x - running_mean) / sqrt(...).
    Settings:
        epsilon: is added to the variance, inside the root.
    Shapes: x and y (batch, ..., features), all others (features,). Keeps x.
    Source: Ioffe & Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, algorithm 2.
    """

    epsilon: float = 1e-5

    def shape(
        self, x: Shape, scale: Shape, shift: Shape, running_mean: Shape, running_variance: Shape
    ) -> Shape:
        return _normalised(x, scale, shift, running_mean, running_variance)

    def reference(
        self,
        x: Tensor,
        scale: Tensor,
        shift: Tensor,
        running_mean: Tensor,
        running_variance: Tensor,
    ) -> Tensor:
        return torch.nn.functional.batch_norm(
            x.movedim(-1, 1), running_mean, running_variance, scale, shift, eps=self.epsilon
        ).movedim(1, -1)

    def forward(
        self,
        x: Tensor,
        scale: Tensor,
        shift: Tensor,
        running_mean: Tensor,
        running_variance: Tensor,
        inverse: Tensor,
        factor: Tensor,
        y: Tensor,
    ) -> Calls:
        return [
            *inverse_deviation(running_variance, 1, self.epsilon, inverse),
            partial(torch.mul, scale, inverse, out=factor),
            partial(torch.sub, x, broadcast_features(running_mean, x), out=y),
            *affine(y, factor, shift, y),
        ]

    def backward(
        self,
        x: Tensor,
        running_mean: Tensor,
        inverse: Tensor,
        factor: Tensor,
        product: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dscale: Tensor | None,
        dshift: Tensor | None,
    ) -> Calls:
        calls: Calls = []
        if dshift is not None:
            calls.append(sum_by_feature(dy, dshift))
        if dscale is not None:
            calls += [
                partial(torch.sub, x, broadcast_features(running_mean, x), out=product),
                partial(product.mul_, dy),
                sum_by_feature(product, dscale),
                partial(dscale.mul_, inverse),
            ]
        if dx is not None:
            calls.append(partial(torch.mul, dy, broadcast_features(factor, dy), out=dx))
        return calls


def _normalised(x: Shape, *vectors: Shape) -> Shape:
    """Return the shape of x, after a check that each vector has an element for each feature.

    Raises:
        InputError: one has not.
    """
    if len(x) < 2 or x[0] != BATCH or any(vector != x[-1:] for vector in vectors):
        shapes = ", ".join(map(show, vectors))
        raise InputError(
            f"batch_normalisation got x {show(x)} with {shapes}; expected x (batch, ..., features) "
            "and scale, shift, running mean and running variance (features,) each."
        )
    return x
