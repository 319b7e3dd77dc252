"""Activations by name, each with the initialiser that keeps signals alive under it."""

from chainrule.errors import unknown_name
from chainrule.graph.graph import Initialiser
from chainrule.graph.operation import Operation
from chainrule.layers.initialisers import He, Xavier
from chainrule.ops import Relu, Sigmoid, Tanh

ACTIVATIONS: dict[str, tuple[Operation, Initialiser]] = {
    "relu": (Relu(), He()),
    "sigmoid": (Sigmoid(), Xavier()),
    "tanh": (Tanh(), Xavier()),
}


def activation(name: str) -> Operation:
    """The operation of that name.

    Raises:
        InputError: there is none.
    """
    return _known(name)[0]


def initialiser_for(name: str | None) -> Initialiser:
    """The initialiser that suits an activation, or a layer without one.

    Raises:
        InputError: there is no such activation.
    """
    return Xavier() if name is None else _known(name)[1]


def _known(name: str) -> tuple[Operation, Initialiser]:
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]
