"""What an optimizer is, and the registry of them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol, TypeVar

from torch import Tensor

from chainrule.graph.operation import Calls
from chainrule.plan import Parameters
from chainrule.registry import Registry

# Moves the weights once, by the given learning rate, along the gradient as it then is.
Update = Callable[[float], None]


@dataclass(frozen=True)
class ReadyUpdate:
    """An update whose calls are bound once and find the learning rate in a tensor.

    Attributes:
        rate: the tensor, a single number.
        ready: the calls.
    """

    rate: Tensor
    ready: Calls

    def __call__(self, learning_rate: float) -> None:
        """Update once."""
        for call in self.calls(learning_rate):
            call()

    def calls(self, learning_rate: float) -> Calls:
        """The calls of one update, to be called before this is asked for another."""
        self.rate.fill_(learning_rate)
        return self.ready


def calls_of(update: Update, learning_rate: float) -> Calls:
    """The calls of one update."""
    if isinstance(update, ReadyUpdate):
        return update.calls(learning_rate)
    return [partial(update, learning_rate)]


class Optimizer(Protocol):
    """Knows a rule by which weights follow their gradient.

    Attributes:
        default_learning_rate: a rate that suits the rule where none is given.
        decoupled_decay: whether weight decay shrinks the weights themselves, beside the rule,
            rather than being a part of the gradient that the rule follows.
        default_weight_decay: the weight decay where none is given.
    """

    default_learning_rate: ClassVar[float]
    decoupled_decay: ClassVar[bool]
    default_weight_decay: ClassVar[float]

    def bind(self, parameters: Parameters) -> Update:
        """The update of these parameters, with whatever state it keeps from step to step."""
        ...


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")

T = TypeVar("T", bound=type[Optimizer])


def optimizer(name: str) -> Callable[[T], T]:
    """Register a class as the optimizer of that name."""
    return OPTIMIZERS.register(name)
