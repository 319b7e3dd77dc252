"""Activations by name: functions that layers apply to their weighted sums."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chainrule.graph.operation import Operation, operation_kind
from chainrule.registry import Registry

T = TypeVar("T", bound=Operation)


@dataclass(frozen=True)
class Activation:
    """An operation of one input that layers use by name.

    Attributes:
        operation: with default settings.
        initialiser: name of the one that preserves the variance of signals under it.
    """

    operation: Operation
    initialiser: str

    @property
    def learns(self) -> bool:
        """Whether a gradient passes it, without which no layer before it can learn."""
        return operation_kind(self.operation).has_gradient("x")


ACTIVATIONS: Registry[Activation] = Registry("activation")


def activation(*, initialiser: str) -> Callable[[type[T]], type[T]]:
    """Register an operation also as an activation, under the same name.

    @activation(initialiser="he")
    @op("relu", in_place=OVER_X)
    class Relu: ...

    Args:
        initialiser: name of the initialiser for the weights of a layer that ends with it.
    """

    def register(cls: type[T]) -> type[T]:
        operation = cls()
        ACTIVATIONS[operation_kind(operation).name] = Activation(operation, initialiser)
        return cls

    return register
