"""Gradient descent: a step against the gradient."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.plan import Parameters
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("gradient_descent")
@dataclass(frozen=True)
class GradientDescent:
    """w <- w - learning_rate * dw.

    With all samples in a batch it is batch gradient descent, with one sample stochastic, with some
    mini-batch gradient descent.
    Source: Robbins & Monro (1951), A stochastic approximation method.
    """

    default_learning_rate: ClassVar[float] = 0.1
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind gradient descent to these parameters."""
        weights, gradient = parameters.weights, parameters.gradient

        def update(learning_rate: float) -> None:
            weights.add_(gradient, alpha=-learning_rate)

        return update
