"""The perceptron: the first network that learned, for two classes."""

from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.layers.initialisers import Zeros
from chainrule.networks.registry import network


@network("perceptron")
def perceptron(outputs: int) -> Network:
    """One unit: the second class where w x + b > 0.

    With the loss perceptron_criterion, gradient descent and batches of one, training is the
    perceptron rule. Weights are initially 0, as Rosenblatt's were.

    Source: Rosenblatt (1958), The perceptron: a probabilistic model for information storage and
    organization in the brain.

    >>> perceptron(1)
    Network(Dense(1, None, Zeros()))
    """
    if outputs != 1:
        raise InputError(
            f"network 'perceptron': got a target that needs {outputs} outputs; expected one of two "
            "classes. Use the network linear."
        )
    return Network(Dense(1, None, Zeros()))
