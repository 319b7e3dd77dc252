"""Losses by their common names; each gives one number per sample.

    loss                              target       on the prediction      on the scores
    mean_squared_error                number       squared_error
    half_sum_of_squares               number       half_sum_of_squares
    mean_absolute_error               number       absolute_error
    huber                             number       huber
    binary_cross_entropy              yes_or_no    of a probability       within sigmoid
    categorical_cross_entropy         one_hot      of probabilities       within softmax
    sparse_categorical_cross_entropy  index        of probabilities       within softmax

The mean over the batch is a separate operation. A loss for numbers works on probabilities too, with
one-hot rows as the numbers: it is then on the prediction, after softmax.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from chainrule.errors import InputError
from chainrule.graph.operation import Operation
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.same_shape import same_shape
from chainrule.registry import Registry

# Form of a sample's target. "number": as many numbers as outputs. "yes_or_no": 1 or 0 for
# each output. "one_hot": 1 at the class, 0 elsewhere. "index": the class as a whole number.
Target = Literal["number", "yes_or_no", "one_hot", "index"]

T = TypeVar("T", bound=Operation)


@dataclass(frozen=True)
class Loss:
    """The operations of a loss, each of (x, t) and with one number per sample as output.

    Attributes:
        target: form of t.
        on_prediction: operation whose x is the prediction, numbers or probabilities.
        on_scores: operation whose x is the input of `activation`. Preferred where there is one:
            together with the activation, nothing overflows and no gradient vanishes.
        activation: name of the activation that is part of `on_scores`.
    """

    target: Target
    on_prediction: type[Operation] | None = None
    on_scores: type[Operation] | None = None
    activation: str | None = None


LOSSES: Registry[Loss] = Registry("loss")


def loss(
    name: str, *, target: Target, activation: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Register an operation also as the loss of that name.

    @loss("huber", target="number")
    @op("huber", ...)
    class Huber: ...

    Args:
        name: of the loss. Two operations may share it: one on the prediction, one on scores.
        target: form of its input t.
        activation: the activation that is part of an operation on scores; None for one on the
            prediction.
    Raises:
        TypeError: the name is taken, or has another form of target.
    """

    def register(cls: type[T]) -> type[T]:
        known = LOSSES.get(name, Loss(target))
        taken = known.on_scores if activation else known.on_prediction
        if taken is not None or known.target != target:
            raise TypeError(f"loss '{name}' is registered already")
        if activation:
            LOSSES[name] = replace(known, on_scores=cls, activation=activation)
        else:
            LOSSES[name] = replace(known, on_prediction=cls)
        return cls

    return register


def loss_shape(operation: str, x: Shape, t: Shape) -> Shape:
    """Return the shape (batch,) of losses of outputs x for targets t.

    Raises:
        InputError: they differ in shape, or are not (batch, outputs).
    """
    both = same_shape(operation, x=x, t=t)
    if len(both) != 2 or both[0] != BATCH:
        raise InputError(
            f"{operation} got values of shape {show(both)}; expected (batch, outputs)."
        )
    return both[:1]
