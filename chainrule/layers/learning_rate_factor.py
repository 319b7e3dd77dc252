"""Learning rate factors: parameters that learn faster or slower than others of the network."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.graph.graph import FittedInitialiser, Graph, Initialiser, Value
from chainrule.ops import ConstantMultiple


def parameter_with_factor(
    graph: Graph,
    name: str,
    shape: tuple[int, ...],
    initialiser: Initialiser,
    factor: float,
    *,
    decays: bool = False,
) -> Value:
    """Add a parameter p with `factor` times the learning rate, without a separate rate.

    The graph's parameter is q = p / factor, and p = factor q is computed from it. Then

        dL/dq = factor dL/dp.

    Adam's step of q is m / sqrt(v) of that gradient, in which the factor cancels: q moves as far
    as p would have moved, so p moves factor times as far. That is a learning rate of factor times,
    exactly, but for epsilon, which counts as epsilon / factor. It holds for every rule that
    divides the gradient by its size: Adam, AdamW, NAdam, AdaGrad, RMSprop and Lion. Under gradient
    descent, with or without momentum, it is factor^2 times.

    Weight decay, too, acts on q as on p: the penalty of half of p^2 has the gradient factor^2 q.
    Args:
        graph: to add the parameter to.
        name: of q, also in model files.
        shape: of both.
        initialiser: of p.
        factor: positive.
        decays: whether weight decay acts on it even if it is a vector.
    Returns:
        p.
    """
    decay = factor**2 if decays or len(shape) > 1 else None
    q = graph.parameter(name, shape, _DividedInitialiser(initialiser, factor), decay)
    return graph.apply(ConstantMultiple(factor), q, name=f"{name}_times_{factor:g}")


@dataclass(frozen=True)
class _DividedInitialiser:
    """The values of another initialiser, divided by a number."""

    initialiser: Initialiser
    by: float

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw by the other initialiser and divide; float64."""
        return self.initialiser.draw(shape, generator) / self.by


@dataclass(frozen=True)
class DividedBias:
    """The values that another initialiser fits to samples, the bias divided by a number."""

    initialiser: FittedInitialiser
    by: float

    def fit(self, weights: Tensor, bias: Tensor, z: Tensor, generator: torch.Generator) -> None:
        """Fit weights and bias in place by the other initialiser, then divide the bias."""
        self.initialiser.fit(weights, bias, z, generator)
        bias.div_(self.by)
