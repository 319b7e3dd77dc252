"""The linear classifier, or linear regression: one layer, straight boundaries."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Dense, Network
from chainrule.networks.registry import network


@network("linear")
def linear(outputs: int, *, initialiser: Initialiser | None = None) -> Network:
    """Scores W x + b. With softmax or sigmoid behind them, logistic regression.

    What it can't learn, such as XOR, needs a hidden layer; what it can, it learns best.

    >>> linear(10)
    Network(Dense(10))
    """
    return Network(Dense(outputs, None, initialiser))
