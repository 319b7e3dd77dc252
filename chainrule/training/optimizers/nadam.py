"""NAdam: Adam with Nesterov momentum."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import NotNegative, Positive, Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("nadam")
@dataclass(frozen=True)
class NAdam:
    """Nesterov-accelerated adaptive moment estimation, in step t = 1, 2, ...:

    mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)      grows from about beta1 / 2 to beta1
    m <- beta1 m + (1 - beta1) dw                       mean of the gradient
    v <- beta2 v + (1 - beta2) dw^2                     mean of its square
    w <- w - learning_rate * m' / (sqrt(v') + epsilon)
    with m' = mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) dw / (1 - mu_1 ... mu_t)
    and v' = v / (1 - beta2^t).

    epsilon stands outside the root. m keeps the share beta1 rather than mu_t, as in PyTorch.
    Args:
        beta1: share of the mean that is kept, from 0 to below 1.
        beta2: share of the mean square that is kept, from 0 to below 1.
        epsilon: keeps the quotient finite where gradients vanish; positive.
        momentum_decay: how fast mu grows, at least 0; with 0 it stays beta1 / 2.
    Raises:
        InputError: a setting is outside its range.
    Source: Dozat (2016), Incorporating Nesterov momentum into Adam.
    """

    beta1: Share = 0.9
    beta2: Share = 0.999
    epsilon: Positive = 1e-8
    momentum_decay: NotNegative = 0.004
    default_learning_rate: ClassVar[float] = 0.002
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def mu(self, t: int) -> float:
        """Return the momentum of step t = 1, 2, ..."""
        return self.beta1 * (1 - 0.5 * math.pow(0.96, t * self.momentum_decay))

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind NAdam to these parameters, with two moments for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        m, v = torch.zeros_like(weights), torch.zeros_like(weights)
        scratch, epsilon = torch.empty_like(weights), weights.new_empty(())
        t, product = 0, 1.0

        def update(learning_rate: float) -> None:
            nonlocal t, product
            t += 1
            product *= self.mu(t)
            next_mu = self.mu(t + 1)
            m.lerp_(gradient, 1 - self.beta1)
            torch.mul(gradient, gradient, out=scratch)
            v.lerp_(scratch, 1 - self.beta2)
            # 1 / (sqrt(v') + epsilon) = c / (sqrt(v) + c epsilon), which saves a pass.
            c = math.sqrt(1 - self.beta2**t)
            torch.sqrt(v, out=scratch).add_(epsilon.fill_(c * self.epsilon))
            rate = -learning_rate * c
            weights.addcdiv_(m, scratch, value=rate * next_mu / (1 - product * next_mu))
            weights.addcdiv_(gradient, scratch, value=rate * (1 - self.mu(t)) / (1 - product))

        return update
