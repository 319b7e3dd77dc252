"""Matrices and filters among the parameters: those that decay, and those that Muon updates.

Vectors are biases, and the scale and shift of normalisation. They are few and seldom overfit, while
shrinking them can cause underfitting.
Source: Goodfellow et al. (2016), Deep learning, section 7.1.
"""

from collections.abc import Callable

from torch import Tensor

from chainrule.plan import Parameters


def is_matrix(values: Tensor) -> bool:
    """Return whether a parameter is a matrix or filters, with two axes or more."""
    return values.ndim >= 2


def matrix_slices(parameters: Parameters) -> list[tuple[Tensor, Tensor]]:
    """Return weights and gradient of all matrices and filters, as few flat slices as possible."""
    slices = _slices(parameters, lambda name, gradient: float(is_matrix(gradient)))
    return [(weights, gradient) for weights, gradient, _ in slices]


def decayed_slices(parameters: Parameters) -> list[tuple[Tensor, Tensor, float]]:
    """Return weights, gradient and decay factor of all parameters that decay, in flat slices.

    The factor is 1 for matrices and filters and 0 for vectors, unless the graph sets another.
    """
    return _slices(
        parameters,
        lambda name, gradient: parameters.decays.get(name, float(is_matrix(gradient))),
    )


def _slices(
    parameters: Parameters, factor_of: Callable[[str, Tensor], float]
) -> list[tuple[Tensor, Tensor, float]]:
    """Return weights, gradient and factor of all parameters whose factor is not 0.

    Neighbours of equal factor share a slice, together with the padding between them, which is zero
    in both vectors.
    """
    flat = parameters.gradient
    slices: list[tuple[int, int, float]] = []
    previous = 0.0
    for name, gradient in sorted(
        parameters.gradients.items(), key=lambda named: named[1].storage_offset()
    ):
        factor = factor_of(name, gradient)
        if factor:
            start = int(gradient.storage_offset() - flat.storage_offset())
            first = slices.pop()[0] if previous == factor else start
            slices.append((first, start + gradient.numel(), factor))
        previous = factor
    return [
        (parameters.weights[start:end], flat[start:end], factor) for start, end, factor in slices
    ]
