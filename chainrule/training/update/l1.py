"""L1: each weight costs its absolute value, so that those that hardly help go to zero."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from chainrule.plan import Parameters
from chainrule.training.optimizers.matrices import stretches_of_matrices
from chainrule.training.optimizers.ranges import check_not_negative


@dataclass(frozen=True)
class L1:
    """dw <- dw + l1 * sign(w), with sign(0) = 0: the gradient of the penalty l1 * sum |w|.

    It acts on matrices and filters only. Near zero the weights go to and fro by about
    learning_rate * l1, since nothing here holds them there.
    Args:
        l1: strength, at least 0.
    Raises:
        InputError: it is negative.
    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    l1: float

    def __post_init__(self) -> None:
        check_not_negative(self, "l1", 0.0001)

    def bind(self, parameters: Parameters) -> Callable[[], None]:
        """The call that adds the penalty's gradient to that of these parameters."""
        stretches = [
            (weights, gradient, torch.empty_like(weights))
            for weights, gradient in stretches_of_matrices(parameters)
        ]

        def shrink() -> None:
            for weights, gradient, sign in stretches:
                torch.sign(weights, out=sign)
                gradient.add_(sign, alpha=self.l1)

        return shrink
