"""Vectors with one number per feature, combined with values of more axes."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Call, Calls


def broadcast_features(vector: Tensor, x: Tensor) -> Tensor:
    """View a vector (features,) with as many axes as x (batch, ..., features).

    With members in front of both, each member's vector is aligned with its part of x.
    """
    for _ in range(x.dim() - vector.dim()):
        vector = vector.unsqueeze(-2)
    return vector


def sum_by_feature(x: Tensor, vector: Tensor) -> Call:
    """Return the kernel that sums x (batch, ..., features) into a vector (features,)."""
    return partial(torch.sum, x, list(range(vector.dim() - x.dim() - 1, -1)), out=vector)


def count_by_feature(x: Tensor, vector: Tensor) -> int:
    """Count the numbers of x (batch, ..., features) for each element of a vector (features,)."""
    return x.numel() // vector.numel()


def affine(x: Tensor, factor: Tensor, shift: Tensor, y: Tensor) -> Calls:
    """Return the kernels of y = factor x + shift, with a factor and a shift for each feature."""
    factor, shift = broadcast_features(factor, x), broadcast_features(shift, x)
    if y.stride(-1) == 1:
        return [partial(torch.addcmul, shift, x, factor, out=y)]
    # By columns factor and shift are constant along contiguous memory. addcmul is not vectorised
    # for that: for 512 samples of 512 features the two kernels take a third of its time.
    return [partial(torch.mul, x, factor, out=y), partial(y.add_, shift)]


def inverse_deviation(squares: Tensor, share: float, epsilon: float, inverse: Tensor) -> Calls:
    """Return the kernels of inverse = 1 / sqrt(share squares + epsilon)."""
    return [
        partial(torch.add, squares.new_tensor(epsilon), squares, alpha=share, out=inverse),
        inverse.rsqrt_,
    ]
