"""Gradient descent: straight down the slope."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.plan import Parameters
from chainrule.training.optimizers.optimizer import Update, optimizer


@optimizer("gradient_descent")
@dataclass(frozen=True)
class GradientDescent:
    """w <- w - learning_rate * dw.

    On the whole data it is batch gradient descent, on one sample stochastic, between mini-batch.
    Source: Robbins & Monro (1951), A stochastic approximation method.
    """

    default_learning_rate: ClassVar[float] = 0.1
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def bind(self, parameters: Parameters) -> Update:
        """The update of these parameters."""
        weights, gradient = parameters.weights, parameters.gradient

        def update(learning_rate: float) -> None:
            weights.add_(gradient, alpha=-learning_rate)

        return update
