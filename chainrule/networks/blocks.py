"""Blocks: what follows the weighted sums of a hidden layer, in the usual order."""

from collections.abc import Callable
from typing import Literal

from chainrule.graph.graph import Initialiser
from chainrule.layers import Activation, BatchNorm, Conv2D, Dense, Dropout, Layer, LayerNorm
from chainrule.layers.activations import initialiser_for

Normalisation = Literal["batch", "layer"]

NORMALISATIONS: dict[Normalisation, Callable[[], Layer]] = {"batch": BatchNorm, "layer": LayerNorm}


def dense_block(
    units: int,
    activation: str,
    *,
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = None,
    dropout: float = 0.0,
) -> list[Layer]:
    """Weighted sums, normalisation, activation, dropout; what is off is left out."""
    if normalisation is None:
        layers: list[Layer] = [Dense(units, activation, initialiser)]
    else:
        sums = Dense(units, None, initialiser or initialiser_for(activation))
        layers = [sums, NORMALISATIONS[normalisation](), Activation(activation)]
    return [*layers, Dropout(dropout)] if dropout else layers


def conv_block(
    filters: int,
    activation: str,
    *,
    stride: int = 1,
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = None,
) -> list[Layer]:
    """A 3 x 3 convolution, normalisation, activation; what is off is left out."""
    if normalisation is None:
        return [Conv2D(filters, 3, activation, stride=stride, initialiser=initialiser)]
    chosen = initialiser or initialiser_for(activation)
    return [
        # Without bias: normalisation takes the mean away, and whatever was added with it.
        Conv2D(filters, 3, stride=stride, initialiser=chosen, bias=False),
        NORMALISATIONS[normalisation](),
        Activation(activation),
    ]
