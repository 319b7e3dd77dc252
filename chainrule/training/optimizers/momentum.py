"""Momentum: a ball that rolls downhill and keeps some of its speed."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from chainrule.training.optimizers.optimizer import Update, optimizer


@optimizer("momentum")
@dataclass(frozen=True)
class Momentum:
    """v <- momentum * v + dw, then w <- w - learning_rate * v.

    v is not scaled by the learning rate, so a change of the rate acts at once (as in PyTorch;
    other texts put the rate inside v, which is the same while the rate is constant).
    Args:
        momentum: share of the velocity that is kept, 0 to 1.
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    momentum: float = 0.9
    default_learning_rate: ClassVar[float] = 0.01

    def bind(self, weights: Tensor, gradient: Tensor) -> Update:
        """The update of these flat vectors, with a velocity of the same length."""
        velocity = torch.zeros_like(weights)

        def update(learning_rate: float) -> None:
            velocity.mul_(self.momentum).add_(gradient)
            weights.add_(velocity, alpha=-learning_rate)

        return update
