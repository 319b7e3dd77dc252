"""The linear classifier, or linear regression: one layer, linear decision boundaries."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Dense, Network
from chainrule.networks.registry import network


@network("linear")
def linear(outputs: int, *, initialiser: Initialiser | None = None) -> Network:
    """Scores W x + b; followed by softmax or sigmoid, logistic regression.

    It can't learn classes that are not linearly separable, such as XOR; those need a hidden layer.

    >>> linear(10)
    Network(Dense(10))
    """
    return Network(Dense(outputs, None, initialiser))
