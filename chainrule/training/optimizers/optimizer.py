"""The interface of optimizers, and the registry of them by name."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal, Protocol, TypeVar

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


class GradientOptimizer(Protocol):
    """A rule by which weights follow the gradient of each batch.

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


# Returns the loss and its gradient at flat weights in float64.
Objective = Callable[[Tensor], tuple[float, Tensor]]

# Why a descent takes no further step: it is at a minimum, or has used up its evaluations.
DescentEnd = Literal["converged", "evaluations"]


class Descent(Protocol):
    """A full-batch optimizer on its way down.

    Attributes:
        x: the weights as they are, flat, in float64.
        value: of the objective there.
    """

    x: Tensor
    value: float

    @property
    def stopped(self) -> DescentEnd | None:
        """Why no further step is to be taken; None while there is one."""
        ...

    def step(self) -> None:
        """Move to a point with a lower value."""
        ...


class FullBatchOptimizer(ABC):
    """A rule that evaluates the loss of all samples, at weights of its choice, in each step.

    Attributes:
        default_learning_rate: the step length that it tries first; it finds its own.
        decoupled_decay: never; weight decay is a part of the loss.
        default_weight_decay: weight decay unless the user sets one.
    """

    default_learning_rate: ClassVar[float]
    decoupled_decay: ClassVar[bool]
    default_weight_decay: ClassVar[float]

    @abstractmethod
    def descend(self, objective: Objective, start: Tensor) -> Descent:
        """Begin a descent from these weights.

        Args:
            objective: to be minimised.
            start: weights to begin with, flat, in float64.
        """


Optimizer = GradientOptimizer | FullBatchOptimizer

OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")

T = TypeVar("T", bound=type[GradientOptimizer] | type[FullBatchOptimizer])


def optimizer(name: str) -> Callable[[T], T]:
    """Return a decorator that registers a class as the optimizer of that name."""
    return OPTIMIZERS.register(name)
