"""Learning rate factors: parameters that learn faster or slower than others of their network."""

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
    """A parameter p with `factor` times the learning rate, without a rate of its own.

    The graph's parameter is q = p / factor, and p = factor q is computed from it. Then

        dL/dq = factor dL/dp.

    Adam's step of q is m / sqrt(v) of that gradient, in which the factor cancels: q moves as far
    as p would have moved, so p moves factor times as far. That is a learning rate of factor times,
    exactly, but for epsilon, which counts as epsilon / factor. It holds for every rule that
    divides the gradient by its size: Adam, AdamW, NAdam, AdaGrad, RMSprop and Lion. Under gradient
    descent, with or without momentum, it is factor^2 times.

    Weight decay, too, acts on q as on p: the penalty of half of p^2 has the gradient factor^2 q.
    Args:
        graph: that gets the parameter.
        name: of q, by which model files have it.
        shape: of both.
        initialiser: of p.
        factor: positive.
        decays: whether weight decay acts on a vector, which it usually leaves alone.
    Returns:
        p.
    """
    decay = factor**2 if decays or len(shape) > 1 else None
    q = graph.parameter(name, shape, _Divided(initialiser, factor), decay)
    return graph.apply(ConstantMultiple(factor), q, name=f"{name}_times_{factor:g}")


@dataclass(frozen=True)
class _Divided:
    """What another initialiser draws, divided by a number."""

    initialiser: Initialiser
    by: float

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Numbers of that initialiser, divided; float64."""
        return self.initialiser.draw(shape, generator) / self.by


@dataclass(frozen=True)
class DividedBias:
    """What another initialiser fits to samples, the bias divided by a number."""

    initialiser: FittedInitialiser
    by: float

    def fit(self, weights: Tensor, bias: Tensor, z: Tensor, generator: torch.Generator) -> None:
        """Fit both in place; the other initialiser knows nothing of the division."""
        self.initialiser.fit(weights, bias, z, generator)
        bias.div_(self.by)
