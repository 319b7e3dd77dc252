"""Newton-Schulz iteration: the nearest orthogonal matrix, by matrix products alone."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Call

# Coefficients of the polynomial a s + b s^3 + c s^5 that each iteration applies to the singular
# values s. They raise small values fast rather than converge: all end between about 0.7 and 1.2.
A, B, C = 3.4445, -4.7750, 2.0315
ITERATIONS = 5
SMALLEST_NORM = 1e-7


def bind_newton_schulz(x: Tensor) -> tuple[list[Call], Tensor]:
    """Return the calls that orthogonalise x approximately, and the buffer of their result.

    For x = U S V^T the result is about U V^T: the same directions, all of length 1.
    x <- x / |x|                             so that no singular value exceeds 1
    x <- a x + b (x x^T) x + c (x x^T)^2 x   five times

    It is computed in the precision of x; the authors use bfloat16, on GPUs.
    Args:
        x: (rows, columns) with rows <= columns, which saves work; overwritten.
    Source: Jordan et al. (2024), Muon: an optimizer for hidden layers in neural networks.
    """
    norm, y = x.new_empty(()), torch.empty_like(x)
    square, polynomial = x.new_empty(len(x), len(x)), x.new_empty(len(x), len(x))
    calls: list[Call] = [
        partial(torch.linalg.vector_norm, x, out=norm),
        partial(torch.clamp, norm, min=SMALLEST_NORM, out=norm),
        partial(x.div_, norm),
    ]
    for _ in range(ITERATIONS):
        calls += [
            partial(torch.mm, x, x.T, out=square),
            partial(torch.addmm, square, square, square, beta=B, alpha=C, out=polynomial),
            partial(torch.addmm, x, polynomial, x, beta=A, out=y),
        ]
        x, y = y, x
    return calls, x
