"""Blocks: a hidden layer with normalisation, activation and dropout, in the usual order."""

from collections.abc import Callable
from typing import Literal

from chainrule.graph.graph import Initialiser
from chainrule.layers import Activation, BatchNorm, Conv2D, Dense, Dropout, Layer, LayerNorm
from chainrule.layers.activations import initialiser_for
from chainrule.registry import Registry

Normalisation = Literal["batch", "layer"]

NORMALISATIONS: Registry[Callable[[], Layer]] = Registry(
    "normalisation", batch=BatchNorm, layer=LayerNorm
)


def dense_block(
    units: int,
    activation: str,
    *,
    initialiser: Initialiser | None = None,
    normalisation: Normalisation | None = None,
    dropout: float = 0.0,
) -> list[Layer]:
    """Return the layers of weighted sums, normalisation, activation and dropout, if not off."""
    if normalisation is None:
        layers: list[Layer] = [Dense(units, activation, initialiser)]
    else:
        chosen = initialiser or initialiser_for(activation)
        sums = Dense(units, None, chosen, bias=not _removes_bias(normalisation))
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
    """Return the layers of a 3 x 3 convolution, normalisation and activation, if not off."""
    if normalisation is None:
        return [Conv2D(filters, 3, activation, stride=stride, initialiser=initialiser)]
    chosen = initialiser or initialiser_for(activation)
    return [
        Conv2D(
            filters,
            3,
            stride=stride,
            initialiser=chosen,
            bias=not _removes_bias(normalisation),
        ),
        NORMALISATIONS[normalisation](),
        Activation(activation),
    ]


def _removes_bias(normalisation: Normalisation) -> bool:
    """Whether a bias has no effect: batch normalisation subtracts each feature's mean."""
    return normalisation == "batch"
