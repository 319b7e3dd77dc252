"""Weight decay: shrink large weights, so that only those that help stay large.

Both forms act on matrices and filters only, unless the graph gives a parameter its own decay
factor. They are equal under gradient descent, and differ where an optimizer rescales the gradient.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from chainrule.plan import Parameters
from chainrule.ranges import Range, check_settings
from chainrule.training.optimizers.matrices import decayed_slices


@dataclass(frozen=True)
class CoupledDecay:
    """dw <- dw + weight_decay * w: the gradient of the penalty weight_decay / 2 * |w|^2, L2.

    Args:
        weight_decay: strength, at least 0.
    Raises:
        InputError: it is negative.
    Source: Krogh & Hertz (1991), A simple weight decay can improve generalization.
    """

    weight_decay: Annotated[float, Range(0, example=0.0001)]

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> Callable[[float], None]:
        """Return the call that adds a share of the penalty's gradient to that of the loss."""
        slices = decayed_slices(parameters)

        def decay(share: float) -> None:
            for weights, gradient, factor in slices:
                gradient.add_(weights, alpha=share * self.weight_decay * factor)

        return decay


@dataclass(frozen=True)
class DecoupledDecay:
    """w <- w - learning_rate * weight_decay * w, apart from the optimizer's rule and before it.

    Args:
        weight_decay: strength, at least 0.
    Raises:
        InputError: it is negative.
    Source: Loshchilov & Hutter (2019), Decoupled weight decay regularization.
    """

    weight_decay: Annotated[float, Range(0, example=0.01)]

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> Callable[[float], None]:
        """Return the call that shrinks these parameters, given the learning rate."""
        slices = decayed_slices(parameters)

        def decay(learning_rate: float) -> None:
            for weights, _, factor in slices:
                weights.add_(weights, alpha=-learning_rate * self.weight_decay * factor)

        return decay
