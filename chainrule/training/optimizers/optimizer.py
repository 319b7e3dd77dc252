"""What an optimizer is, and the registry of them by name."""

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar

from torch import Tensor

from chainrule.errors import unknown_name

# Moves the weights once, by the given learning rate, along the gradient as it then is.
Update = Callable[[float], None]


class Optimizer(Protocol):
    """Knows a rule by which weights follow their gradient.

    Attributes:
        default_learning_rate: a rate that suits the rule where none is given.
    """

    default_learning_rate: ClassVar[float]

    def bind(self, weights: Tensor, gradient: Tensor) -> Update:
        """The update of these flat vectors, with whatever state it keeps from step to step."""
        ...


OPTIMIZERS: dict[str, type[Optimizer]] = {}

T = TypeVar("T", bound=type[Optimizer])


def optimizer(name: str) -> Callable[[T], T]:
    """Register a class as the optimizer of that name."""

    def register(cls: T) -> T:
        OPTIMIZERS[name] = cls
        return cls

    return register


def optimizer_named(name: str) -> Optimizer:
    """The optimizer of that name, with its usual settings.

    Raises:
        InputError: there is none.
    """
    if name not in OPTIMIZERS:
        raise unknown_name("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]()
