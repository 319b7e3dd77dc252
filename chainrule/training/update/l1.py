"""L1 penalty: the absolute value of each weight, which drives weights that hardly help to zero."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Range, check_settings
from chainrule.training.optimizers.matrices import matrix_slices


@dataclass(frozen=True)
class L1:
    """dw <- dw + l1 * sign(w), with sign(0) = 0: the gradient of the penalty l1 * sum |w|.

    It acts on matrices and filters only. Near zero the weights oscillate by about
    learning_rate * l1, since the gradient step never sets them to exactly zero.
    Args:
        l1: strength of the penalty, at least 0.
    Raises:
        InputError: it is negative.
    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    l1: Annotated[float, Range(0, example=0.0001)]

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> Callable[[], None]:
        """Return the call that adds the gradient of the penalty to the gradient of the loss."""
        slices = [
            (weights, gradient, torch.empty_like(weights))
            for weights, gradient in matrix_slices(parameters)
        ]

        def shrink() -> None:
            for weights, gradient, sign in slices:
                torch.sign(weights, out=sign)
                gradient.add_(sign, alpha=self.l1)

        return shrink
