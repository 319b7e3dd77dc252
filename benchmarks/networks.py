"""Networks as plain records, from which each peer builds its own, and the layout of their weights.

This module imports no training library, so that the process of a peer only pays for its own
imports.

Weights have chainrule's layout, by the number of the layer and their name in it, such as
"0.weights": (outputs, inputs) for dense layers, (filters, height, width, channels) for
convolutions, and four blocks of rows for an LSTM: output gate, input gate, forget gate, candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]


@dataclass(frozen=True)
class Dense:
    """W x + b, optionally with relu. Pictures are flattened as (height, width, channels)."""

    units: int
    relu: bool = False


@dataclass(frozen=True)
class Block:
    """x + relu(batch normalisation(W x)), as wide as x; the mean would remove a bias."""

    units: int


@dataclass(frozen=True)
class Convolution:
    """3 x 3 filters over a zero-padded picture, then relu."""

    filters: int


@dataclass(frozen=True)
class MaxPool:
    """The largest number of each 2 x 2 window."""


@dataclass(frozen=True)
class Lstm:
    """Long short-term memory over a sequence; gives its last state."""

    units: int


Layer = Dense | Block | Convolution | MaxPool | Lstm
Network = tuple[Layer, ...]

# Indices of the gates in the order input, forget, candidate, output, and of the inverse order.
INPUT_FORGET_CANDIDATE_OUTPUT = (1, 2, 3, 0)
OUTPUT_INPUT_FORGET_CANDIDATE = (3, 0, 1, 2)


def with_gates(network: Network, weights: Weights, order: Sequence[int]) -> Weights:
    """Return the weights with the gates of LSTM layers in another order."""
    return {
        key: np.concatenate([np.split(array, 4)[gate] for gate in order])
        if isinstance(layer_of(network, key), Lstm)
        else array
        for key, array in weights.items()
    }


def inputs_first(weights: Weights) -> Weights:
    """Return matrices as (inputs, outputs), filters as (height, width, channels, filters)."""
    return {key: np.moveaxis(array, 0, -1) for key, array in weights.items()}


def outputs_first(weights: Weights) -> Weights:
    """Invert `inputs_first`."""
    return {key: np.moveaxis(array, -1, 0) for key, array in weights.items()}


def layer_of(network: Network, key: str) -> Layer:
    """Return the layer of the weights with this key."""
    return network[int(key.split(".")[0])]
