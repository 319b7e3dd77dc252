"""Nesterov momentum: the gradient is taken at the point to which the velocity leads."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("nesterov")
@dataclass(frozen=True)
class Nesterov:
    """v <- momentum * v + dw, then w <- w - learning_rate * (dw + momentum * v).

    The weights stored here are Nesterov's look-ahead points, so their gradient is the one that the
    method needs. As in PyTorch, v is not scaled by the learning rate.
    Args:
        momentum: share of the velocity that is kept, from 0 to below 1.
    Raises:
        InputError: momentum is outside its range.
    Source: Nesterov (1983), A method of solving a convex programming problem with convergence rate
    O(1/k^2); in the form of Sutskever et al. (2013), On the importance of initialization and
    momentum in deep learning, section 2, written from one look-ahead point to the next.
    """

    momentum: Share = 0.9
    default_learning_rate: ClassVar[float] = 0.01
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind Nesterov momentum to these parameters, with a velocity for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        v, ahead = torch.zeros_like(weights), torch.empty_like(weights)

        def update(learning_rate: float) -> None:
            torch.add(gradient, v, alpha=self.momentum, out=v)
            torch.add(gradient, v, alpha=self.momentum, out=ahead)
            weights.add_(ahead, alpha=-learning_rate)

        return update
