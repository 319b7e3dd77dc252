"""Momentum: gradient descent with a velocity, the decaying sum of past gradients."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("momentum")
@dataclass(frozen=True)
class Momentum:
    """v <- momentum * v + dw, then w <- w - learning_rate * v.

    v is not scaled by the learning rate, so a change of the rate takes effect at once (as in
    PyTorch; other texts put the rate inside v, which is equal while the rate is constant).
    Args:
        momentum: share of the velocity that is kept, from 0 to below 1.
    Raises:
        InputError: momentum is outside its range.
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    momentum: Share = 0.9
    default_learning_rate: ClassVar[float] = 0.01
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind momentum to these parameters, with a velocity for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        v = torch.zeros_like(weights)

        def update(learning_rate: float) -> None:
            torch.add(gradient, v, alpha=self.momentum, out=v)
            weights.add_(v, alpha=-learning_rate)

        return update
