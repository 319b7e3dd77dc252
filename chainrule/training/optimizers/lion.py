"""Lion: a step of equal size for all weights, each by the sign of its momentum."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Share, check_settings
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("lion")
@dataclass(frozen=True)
class Lion:
    """Evolved sign momentum:

    w <- w - learning_rate * sign(beta1 m + (1 - beta1) dw)      with sign(0) = 0
    m <- beta2 m + (1 - beta2) dw

    Its steps are longer than Adam's at the same learning rate, so its default rate is a third of
    Adam's, and its default weight decay, which is decoupled, three times AdamW's: the decay per
    step is then the same.
    Args:
        beta1: share of the momentum in the direction of a step, from 0 to below 1.
        beta2: share of the momentum that is kept, from 0 to below 1.
    Raises:
        InputError: a setting is outside its range.
    Source: Chen et al. (2023), Symbolic discovery of optimization algorithms, program 1; rate and
    weight decay by its section 5.
    """

    beta1: Share = 0.9
    beta2: Share = 0.99
    default_learning_rate: ClassVar[float] = 0.0003
    decoupled_decay: ClassVar[bool] = True
    default_weight_decay: ClassVar[float] = 0.03

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind Lion to these parameters, with a momentum for each weight."""
        weights, gradient = parameters.weights, parameters.gradient
        m, direction = torch.zeros_like(weights), torch.empty_like(weights)

        def update(learning_rate: float) -> None:
            torch.lerp(m, gradient, 1 - self.beta1, out=direction).sign_()
            weights.add_(direction, alpha=-learning_rate)
            m.lerp_(gradient, 1 - self.beta2)

        return update
