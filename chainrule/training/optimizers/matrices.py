"""Matrices and filters among the parameters: what decays, and what Muon makes orthogonal.

Vectors are biases, and the scale and shift of normalisation. They are few and learned from all
samples at once, so that they seldom overfit, while shrinking them may cost much of the fit.
Source: Goodfellow et al. (2016), Deep learning, section 7.1.
"""

from torch import Tensor

from chainrule.plan import Parameters


def is_matrix(values: Tensor) -> bool:
    """Whether a parameter is a matrix or filters: has two axes or more."""
    return values.ndim >= 2


def stretches_of_matrices(parameters: Parameters) -> list[tuple[Tensor, Tensor]]:
    """Weights and gradient of all matrices and filters, as few flat stretches as possible.

    Neighbours are one stretch, with the elements between them, which are zero in both vectors.
    """
    flat = parameters.gradient
    stretches: list[tuple[int, int]] = []
    previous_was_matrix = False
    for gradient in sorted(parameters.gradients.values(), key=Tensor.storage_offset):
        if is_matrix(gradient):
            start = int(gradient.storage_offset() - flat.storage_offset())
            first = stretches.pop()[0] if previous_was_matrix else start
            stretches.append((first, start + gradient.numel()))
        previous_was_matrix = is_matrix(gradient)
    return [(parameters.weights[start:end], flat[start:end]) for start, end in stretches]
