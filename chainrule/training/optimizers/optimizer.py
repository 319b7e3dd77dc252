"""What an optimizer is, and the registry of them by name."""

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar

from chainrule.plan import Parameters
from chainrule.registry import Registry

# Moves the weights once, by the given learning rate, along the gradient as it then is.
Update = Callable[[float], None]


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
