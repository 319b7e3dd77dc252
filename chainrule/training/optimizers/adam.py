"""Adam: an individual step size for each weight, from the mean and the size of its gradients."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor

from chainrule.native import compile_calls, lower_calls
from chainrule.plan import Parameters
from chainrule.ranges import Positive, Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, CompiledOptimizer, optimizer


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
        beta1: share of the mean that is kept, from 0 to below 1.
        beta2: share of the mean square that is kept, from 0 to below 1.
        epsilon: keeps the quotient finite where gradients vanish; positive.
    Raises:
        InputError: a setting is outside its range.
    Source: Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """

    beta1: Share = 0.9
    beta2: Share = 0.999
    epsilon: Positive = 1e-8
    default_learning_rate: ClassVar[float] = 0.001
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind Adam to these parameters, with two moments for each weight."""
        return self.bind_tensors([parameters.weights], [parameters.gradient])

    def bind_tensors(self, weights: list[Tensor], gradients: list[Tensor]) -> BoundOptimizer:
        """Bind Adam to some tensors and their gradients, where not all weights follow this rule."""
        m = [torch.zeros_like(values) for values in weights]
        v = [torch.zeros_like(values) for values in weights]
        t, one = torch.zeros(()), torch.ones(())
        rate = torch.zeros((), dtype=torch.float64)
        # The formula above in one pass over memory; written out it would be six.
        adam = partial(
            torch._fused_adam_,
            weights,
            gradients,
            m,
            v,
            [],
            [t] * len(m),
            lr=rate,
            beta1=self.beta1,
            beta2=self.beta2,
            eps=self.epsilon,
            weight_decay=0.0,
            amsgrad=False,
            maximize=False,
        )
        return CompiledOptimizer(rate, compile_calls(lower_calls([partial(t.add_, one), adam])))
