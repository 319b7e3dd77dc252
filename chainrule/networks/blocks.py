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
        chosen = initialiser or initialiser_for(activation)
        sums = Dense(units, None, chosen, bias=not _takes_bias_away(normalisation))
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
        Conv2D(
            filters,
            3,
            stride=stride,
            initialiser=chosen,
            bias=not _takes_bias_away(normalisation),
        ),
        NORMALISATIONS[normalisation](),
        Activation(activation),
    ]


def _takes_bias_away(normalisation: Normalisation) -> bool:
    """Batch normalisation takes the mean of each feature away, and a bias is in the mean."""
    return normalisation == "batch"
