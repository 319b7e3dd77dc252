"""Activations by name, each with the initialiser that preserves the variance of signals."""

from chainrule.errors import InputError
from chainrule.graph.graph import Initialiser
from chainrule.graph.operation import Operation
from chainrule.layers.initialisers import INITIALISERS, Xavier
from chainrule.ops.parts.activation import ACTIVATIONS

__all__ = ["ACTIVATIONS", "activation", "check_learns", "initialiser_for"]


def activation(name: str) -> Operation:
    """Return the operation of an activation.

    Raises:
        InputError: there is no activation of that name.
    """
    return ACTIVATIONS[name].operation


def initialiser_for(name: str | None) -> Initialiser:
    """Return the initialiser that suits an activation, or a layer without one.

    Raises:
        InputError: there is no activation of that name.
    """
    return Xavier() if name is None else INITIALISERS[ACTIVATIONS[name].initialiser]


def check_learns(name: str | None) -> None:
    """Refuse, before training, an activation that no gradient passes; None is no activation.

    Raises:
        InputError: its derivative is 0 everywhere, or there is no activation of that name.
    """
    if name is not None and not ACTIVATIONS[name].learns:
        raise InputError(
            f"activation '{name}' can't be trained: its derivative is 0 everywhere, so the weights "
            "before it would never change. Use sigmoid, or relu for hidden layers."
        )
