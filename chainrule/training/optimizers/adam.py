"""Adam: each weight has its own step, from the mean and the size of its gradients."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from chainrule.training.optimizers.optimizer import Update, optimizer


@optimizer("adam")
@dataclass(frozen=True)
class Adam:
    """Adaptive moment estimation, in step t = 1, 2, ...:

    m <- beta1 m + (1 - beta1) dw            mean of the gradient
    v <- beta2 v + (1 - beta2) dw^2          mean of its square
    w <- w - learning_rate * m' / (sqrt(v') + epsilon)
    with m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t), which correct for the start at zero.

    epsilon stands outside the root.
    Args:
        beta1: share of the mean that is kept, 0 to 1.
        beta2: share of the mean square that is kept, 0 to 1.
        epsilon: keeps the quotient finite where gradients vanish.
    Source: Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    default_learning_rate: ClassVar[float] = 0.001

    def bind(self, weights: Tensor, gradient: Tensor) -> Update:
        """The update of these flat vectors, with two moments of the same length."""
        m, v = torch.zeros_like(weights), torch.zeros_like(weights)
        t, one = torch.zeros(()), torch.ones(())

        def update(learning_rate: float) -> None:
            t.add_(one)
            # The formula above in one pass over memory; written out it would be six.
            torch._fused_adam_(
                [weights],
                [gradient],
                [m],
                [v],
                [],
                [t],
                lr=learning_rate,
                beta1=self.beta1,
                beta2=self.beta2,
                eps=self.epsilon,
                weight_decay=0.0,
                amsgrad=False,
                maximize=False,
            )

        return update
