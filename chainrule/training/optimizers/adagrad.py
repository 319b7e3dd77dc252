"""AdaGrad: an individual step size for each weight, which shrinks as its gradients accumulate."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Positive, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("adagrad")
@dataclass(frozen=True)
class AdaGrad:
    """Adaptive subgradient method, with a diagonal matrix:

    total <- total + dw^2
    w <- w - learning_rate * dw / (sqrt(total) + epsilon)

    epsilon stands outside the root; the total starts at zero. It never falls, so steps only
    shrink: good for rare features, too small in long training.
    Args:
        epsilon: keeps the quotient finite where gradients vanish; positive.
    Raises:
        InputError: epsilon is not positive.
    Source: Duchi et al. (2011), Adaptive subgradient methods for online learning and stochastic
    optimization, section 1.1.
    """

    epsilon: Positive = 1e-10
    default_learning_rate: ClassVar[float] = 0.01
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind AdaGrad to these parameters, with a sum of squares for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        total = torch.zeros_like(weights)
        # The kernel counts steps for a decay of the learning rate, which is off here.
        t, one = torch.zeros(()), torch.ones(())

        def update(learning_rate: float) -> None:
            t.add_(one)
            # The formula above in one pass over memory; written out it would be four.
            torch._fused_adagrad_(
                [weights],
                [gradient],
                [total],
                [t],
                lr=learning_rate,
                lr_decay=0.0,
                weight_decay=0.0,
                eps=self.epsilon,
                maximize=False,
            )

        return update
