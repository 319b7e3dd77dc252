"""A small convolutional network for pictures such as digits."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Dense, Dropout, Layer, MaxPool2D, Network
from chainrule.networks.blocks import Normalisation, conv_block, dense_block
from chainrule.networks.registry import network


@network("cnn")
def cnn(
    outputs: int,
    *,
    filters: tuple[int, ...] = (32, 64),
    layers: tuple[int, ...] = (128,),
    activation: str = "relu",
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = "batch",
    dropout: float = 0.0,
) -> Network:
    """For each number of filters two 3 x 3 convolutions and a pooling by 2; then dense layers.

    Two small convolutions cover as much as a 5 x 5 one, with fewer weights and one more activation.
    Source: Simonyan & Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, section 2.3.
    Args:
        filters: of the convolutions of each stage.
        layers: units of the dense layers after them.
        dropout: after each pooling and each dense layer.
    """
    hidden: list[Layer] = []
    for count in filters:
        for _ in range(2):
            hidden += conv_block(
                count, activation, initialiser=initialiser, normalisation=normalisation
            )
        hidden.append(MaxPool2D(2))
        if dropout:
            hidden.append(Dropout(dropout))
    for units in layers:
        hidden += dense_block(
            units,
            activation,
            initialiser=initialiser,
            normalisation=normalisation,
            dropout=dropout,
        )
    return Network(*hidden, Dense(outputs, None, initialiser))
