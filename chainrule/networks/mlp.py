"""The multi-layer perceptron: dense layers, each with its activation."""

from chainrule.errors import InputError
from chainrule.graph.graph import Initialiser
from chainrule.layers import Dense, Network
from chainrule.networks.blocks import Normalisation, dense_block
from chainrule.networks.registry import network


@network("mlp")
def mlp(
    outputs: int,
    *,
    layers: tuple[int, ...] = (128, 64),
    activation: str | tuple[str, ...] = "relu",
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = None,
    dropout: float = 0.0,
) -> Network:
    """Hidden layers of these units, and an output layer.

    Args:
        outputs: number of scores.
        layers: units of each hidden layer.
        activation: of all hidden layers, or one for each.
        initialiser: of all weights; None for one that suits the activation.
        normalisation: of the hidden layers, batch or layer; None for none.
        dropout: share of the units that is dropped.
    Raises:
        InputError: there are not as many activations as layers.
    Source: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating
    errors.

    >>> mlp(10, layers=(50,), dropout=0.5)
    Network(Dense(50, 'relu'), Dropout(0.5), Dense(10))
    """
    each = (activation,) * len(layers) if isinstance(activation, str) else activation
    if len(each) != len(layers):
        raise InputError(
            f"activation: got {len(each)} for {len(layers)} hidden layers, expected one for each, "
            "or one for all. Give as many as there are layers."
        )
    hidden = [
        layer
        for units, function in zip(layers, each, strict=True)
        for layer in dense_block(
            units,
            function,
            initialiser=initialiser,
            normalisation=normalisation,
            dropout=dropout,
        )
    ]
    return Network(*hidden, Dense(outputs, None, initialiser))
