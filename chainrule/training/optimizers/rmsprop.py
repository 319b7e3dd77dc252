"""RMSprop: an individual step size for each weight, from the recent size of its gradients."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Positive, Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("rmsprop")
@dataclass(frozen=True)
class RMSprop:
    """Root mean square propagation:

    v <- rho v + (1 - rho) dw^2              mean of the gradient's square
    w <- w - learning_rate * dw / (sqrt(v) + epsilon)

    epsilon stands outside the root, as in PyTorch; v starts at zero, without bias correction.
    Args:
        rho: share of the mean square that is kept, from 0 to below 1.
        epsilon: keeps the quotient finite where gradients vanish; positive.
    Raises:
        InputError: a setting is outside its range.
    Source: Tieleman & Hinton (2012), Neural networks for machine learning, lecture 6.5.
    """

    rho: Share = 0.9
    epsilon: Positive = 1e-8
    default_learning_rate: ClassVar[float] = 0.001
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind RMSprop to these parameters, with a mean square for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        v, scratch = torch.zeros_like(weights), torch.empty_like(weights)
        # A tensor, because adding a Python number allocates one.
        epsilon = weights.new_full((), self.epsilon)

        def update(learning_rate: float) -> None:
            torch.mul(gradient, gradient, out=scratch)
            v.lerp_(scratch, 1 - self.rho)
            torch.sqrt(v, out=scratch).add_(epsilon)
            weights.addcdiv_(gradient, scratch, value=-learning_rate)

        return update
