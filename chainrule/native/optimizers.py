"""The update of Adam, which torch offers as one call."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from chainrule.native.kernel import Kernel, by_unit, can_compute_with, whole
from chainrule.native.translation import translates


@translates("_fused_adam")
def adam(
    weights: Sequence[Tensor],
    _: Sequence[Tensor],
    gradients: Sequence[Tensor],
    means: Sequence[Tensor],
    squares: Sequence[Tensor],
    most_squares: Sequence[Tensor],
    steps: Sequence[Tensor],
    *,
    lr: Tensor | float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    amsgrad: bool,
    maximize: bool,
) -> Kernel | None:
    """Adam on one flat vector, learning rate in a float64 tensor, no weight decay or variant."""
    vectors = [*weights, *gradients, *means, *squares]
    is_flat = len(vectors) == 4 and all(vector.is_contiguous() for vector in vectors)
    is_plain = not (weight_decay or amsgrad or maximize)
    if not (is_flat and is_plain and can_compute_with(*vectors, *steps)):
        return None
    if not isinstance(lr, Tensor) or lr.dtype != torch.float64:
        return None
    n = vectors[0].numel()
    accesses = [by_unit(vector, n, 1, 1) for vector in vectors]
    weights_, gradient, mean, square = accesses
    return Kernel(
        "adam",
        [*vectors, *steps, lr],
        [],
        units=n,
        writes=[weights_, mean, square],
        reads=[gradient, whole(steps[0]), whole(lr)],
        scalars=(beta1, beta2, eps),
    )
