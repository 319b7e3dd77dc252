"""The multi-layer perceptron: dense layers, each with its activation."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Dense, Network
from chainrule.networks.blocks import Normalisation, dense_block
from chainrule.networks.registry import network


@network("mlp")
def mlp(
    outputs: int,
    *,
    layers: tuple[int, ...] = (128, 64),
    activation: str = "relu",
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = None,
    dropout: float = 0.0,
) -> Network:
    """Hidden layers of these units, and an output layer.

    Source: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating
    errors.

    >>> mlp(10, layers=(50,), dropout=0.5)
    Network(Dense(50, 'relu'), Dropout(0.5), Dense(10))
    """
    hidden = [
        layer
        for units in layers
        for layer in dense_block(
            units,
            activation,
            initialiser=initialiser,
            normalisation=normalisation,
            dropout=dropout,
        )
    ]
    return Network(*hidden, Dense(outputs, None, initialiser))
