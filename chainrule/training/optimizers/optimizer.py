"""The interface of optimizers, and the registry of them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol, TypeVar

from torch import Tensor

from chainrule.graph.operation import Calls
from chainrule.plan import Parameters
from chainrule.registry import Registry

# Moves the weights once by the current gradient, with the given learning rate.
BoundOptimizer = Callable[[float], None]


@dataclass(frozen=True)
class CompiledOptimizer:
    """A bound optimizer whose kernel calls are compiled once and read the rate from a tensor.

    Attributes:
        rate: the learning rate, a tensor of a single number.
        step: the calls of one update.
    """

    rate: Tensor
    step: Calls

    def __call__(self, learning_rate: float) -> None:
        """Update once."""
        for call in self.calls(learning_rate):
            call()

    def calls(self, learning_rate: float) -> Calls:
        """Return the calls of one update; they must run before this is called again."""
        self.rate.fill_(learning_rate)
        return self.step


def calls_of(optimizer: BoundOptimizer, learning_rate: float) -> Calls:
    """Return the calls of one update."""
    if isinstance(optimizer, CompiledOptimizer):
        return optimizer.calls(learning_rate)
    return [partial(optimizer, learning_rate)]


class Optimizer(Protocol):
    """A rule by which weights follow their gradient.

    Attributes:
        default_learning_rate: learning rate unless the user sets one.
        decoupled_decay: whether weight decay shrinks the weights themselves, rather than being
            added to the gradient that the rule follows.
        default_weight_decay: weight decay unless the user sets one.
    """

    default_learning_rate: ClassVar[float]
    decoupled_decay: ClassVar[bool]
    default_weight_decay: ClassVar[float]

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind the rule to these parameters, with the state that it keeps from step to step."""
        ...


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")

T = TypeVar("T", bound=type[Optimizer])


def optimizer(name: str) -> Callable[[T], T]:
    """Return a decorator that registers a class as the optimizer of that name."""
    return OPTIMIZERS.register(name)
