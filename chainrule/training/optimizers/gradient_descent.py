"""Gradient descent: straight down the slope."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from chainrule.training.optimizers.optimizer import Update, optimizer


@optimizer("gradient_descent")
@dataclass(frozen=True)
class GradientDescent:
    """w <- w - learning_rate * dw.

    On the whole data it is batch gradient descent, on one sample stochastic, between mini-batch.
    Source: Robbins & Monro (1951), A stochastic approximation method.
    """

    default_learning_rate: ClassVar[float] = 0.1

    def bind(self, weights: Tensor, gradient: Tensor) -> Update:
        """The update of these flat vectors."""

        def update(learning_rate: float) -> None:
            weights.add_(gradient, alpha=-learning_rate)

        return update
