"""Newton-Schulz iteration: the orthogonal matrix nearest to a given one, by products alone."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Call

# Of the polynomial a s + b s^3 + c s^5 that each iteration applies to the singular values. They
# were chosen to lift small ones fast rather than to converge: all end between about 0.7 and 1.2.
A, B, C = 3.4445, -4.7750, 2.0315
ITERATIONS = 5
SMALLEST_NORM = 1e-7


def bind_newton_schulz(x: Tensor) -> tuple[list[Call], Tensor]:
    """The kernels that make x nearly orthogonal, and the buffer that then has the result.

    For x = U S V^T that is about U V^T: same directions, all of one length. In words:

    x <- x / |x|                             so that no singular value exceeds 1
    x <- a x + b (x x^T) x + c (x x^T)^2 x   five times

    It is computed in the precision of x; the authors' bfloat16 is for graphics cards.
    Args:
        x: (rows, columns), rows <= columns, which saves work; overwritten.
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
