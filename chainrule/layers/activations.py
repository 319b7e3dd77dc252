"""Activations by name, each with the initialiser that keeps signals alive under it."""

from chainrule.errors import InputError
from chainrule.graph.graph import Initialiser
from chainrule.graph.operation import Operation
from chainrule.layers.initialisers import INITIALISERS, Xavier
from chainrule.ops.parts.activation import ACTIVATIONS

__all__ = ["ACTIVATIONS", "activation", "check_learns", "initialiser_for"]


def activation(name: str) -> Operation:
    """The operation of that name.

    Raises:
        InputError: there is none.
    """
    return ACTIVATIONS[name].operation


def initialiser_for(name: str | None) -> Initialiser:
    """The initialiser that suits an activation, or a layer without one.

    Raises:
        InputError: there is no such activation.
    """
    return Xavier() if name is None else INITIALISERS[ACTIVATIONS[name].initialiser]


def check_learns(name: str | None) -> None:
    """Refuse, before training, an activation that no gradient passes; None is no activation.

    Raises:
        InputError: its derivative is 0 everywhere, or there is no such activation.
    """
    if name is not None and not ACTIVATIONS[name].learns:
        raise InputError(
            f"activation '{name}' can't be trained: its derivative is 0 everywhere, so the weights "
            "before it would never change. Use sigmoid, or relu for hidden layers."
        )
