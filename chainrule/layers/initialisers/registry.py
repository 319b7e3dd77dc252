"""Initialisers by name."""

from collections.abc import Callable
from typing import TypeVar

from chainrule.graph.graph import Initialiser
from chainrule.registry import Registry

INITIALISERS: Registry[Initialiser] = Registry("initialiser")

T = TypeVar("T", bound=Callable[..., Initialiser])


def initialiser(name: str, *settings: object) -> Callable[[T], T]:
    """Register an instance of a class as the initialiser of that name.

    A class may have several names, each with other settings.
    Args:
        name: in the registry.
        settings: arguments of the class.
    """

    def register(make: T) -> T:
        INITIALISERS.register(name)(make(*settings))
        return make

    return register
