"""Gradient clipping: limit the size of the gradient, so that no single step is far too long."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

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

    def bind(self, parameters: Parameters) -> Callable[[], None]:
        """Return the call that clips the gradient of these parameters."""
        gradient = parameters.gradient
        # Tensors, because torch would allocate one for a Python number in each step.
        norm, factor = gradient.new_empty(()), gradient.new_empty(())

        def clip() -> None:
            share = self.max_norm / (float(torch.linalg.vector_norm(gradient, out=norm)) + EPSILON)
            if share < 1:
                gradient.mul_(factor.fill_(share))

        return clip


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
