"""Matrices and filters among the parameters: what decays, and what Muon makes orthogonal.

Vectors are biases, and the scale and shift of normalisation. They are few and learned from all
samples at once, so that they seldom overfit, while shrinking them may cost much of the fit.
Source: Goodfellow et al. (2016), Deep learning, section 7.1.
"""

from collections.abc import Callable

from torch import Tensor

from chainrule.plan import Parameters


def is_matrix(values: Tensor) -> bool:
    """Whether a parameter is a matrix or filters: has two axes or more."""
    return values.ndim >= 2


def stretches_of_matrices(parameters: Parameters) -> list[tuple[Tensor, Tensor]]:
    """Weights and gradient of all matrices and filters, as few flat stretches as possible."""
    stretches = _stretches(parameters, lambda name, gradient: float(is_matrix(gradient)))
    return [(weights, gradient) for weights, gradient, _ in stretches]


def decayed_slices(parameters: Parameters) -> list[tuple[Tensor, Tensor, float]]:
    """Weights and gradient of all that decays, with the factor by which weight decay acts on it.

    That is 1 for matrices and filters, unless the graph says otherwise.
    """
    return _stretches(
        parameters,
        lambda name, gradient: parameters.decays.get(name, float(is_matrix(gradient))),
    )


def _stretches(
    parameters: Parameters, factor_of: Callable[[str, Tensor], float]
) -> list[tuple[Tensor, Tensor, float]]:
    """Weights, gradient and factor of all whose factor is not 0.

    Neighbours of one factor are one stretch, with the elements between them, which are zero in both
    vectors.
    """
    flat = parameters.gradient
    stretches: list[tuple[int, int, float]] = []
    previous = 0.0
    for name, gradient in sorted(
        parameters.gradients.items(), key=lambda named: named[1].storage_offset()
    ):
        factor = factor_of(name, gradient)
        if factor:
            start = int(gradient.storage_offset() - flat.storage_offset())
            first = stretches.pop()[0] if previous == factor else start
            stretches.append((first, start + gradient.numel(), factor))
        previous = factor
    return [
        (parameters.weights[start:end], flat[start:end], factor) for start, end, factor in stretches
    ]
