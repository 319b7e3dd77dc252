"""Gradient clipping: limit the size of the gradient, so that no single step is far too long."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.plan import Parameters
from chainrule.ranges import Positive, check_settings

# Keeps the quotient finite; the same as in torch.nn.utils.clip_grad_norm_.
EPSILON = 1e-6


@dataclass(frozen=True)
class ClipNorm:
    """dw <- dw * min(1, max_norm / (|dw| + 1e-6)), with the norm over all parameters together.

    The direction of the gradient does not change.
    Args:
        max_norm: largest norm that is not scaled down; positive.
    Raises:
        InputError: it is not positive.
    Source: Pascanu et al. (2013), On the difficulty of training recurrent neural networks,
    algorithm 1.
    """

    max_norm: Positive

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> "NormClipper":
        """Return the call that clips the gradient of these parameters."""
        return NormClipper(parameters.gradient, self.max_norm)


class NormClipper:
    """Clips a flat gradient by its norm.

    Attributes:
        norm: norm of the gradient at the last call, before clipping; nan before the first call.
    """

    def __init__(self, gradient: Tensor, max_norm: float) -> None:
        self.norm = math.nan
        self._gradient, self._max_norm = gradient, max_norm
        # Tensors, because torch would allocate one for a Python number in each step.
        self._measured, self._share = gradient.new_empty(()), gradient.new_empty(())

    def __call__(self) -> None:
        """Measure the norm of the gradient, and scale the gradient down if it exceeds the limit."""
        self.norm = float(torch.linalg.vector_norm(self._gradient, out=self._measured))
        share = self._max_norm / (self.norm + EPSILON)
        if share < 1:
            self._gradient.mul_(self._share.fill_(share))


@dataclass(frozen=True)
class ClipValue:
    """dw <- min(max(dw, -max_value), max_value), element by element.

    The direction of the gradient may change, towards the diagonals.
    Args:
        max_value: largest absolute value of an element; positive.
    Raises:
        InputError: it is not positive.
    Source: Mikolov (2012), Statistical language models based on neural networks.
    """

    max_value: Positive

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> Callable[[], None]:
        """Return the call that clips the gradient of these parameters."""
        gradient = parameters.gradient

        def clip() -> None:
            gradient.clamp_(-self.max_value, self.max_value)

        return clip
