"""Networks as plain records, from which each peer builds its own; and how their weights are kept.

Nothing here imports a library that trains: a peer's process shall bear its own imports alone.

Weights are kept as chainrule has them, by the number of the layer and their name in it, such as
"0.weights": of dense layers (outputs, inputs), of convolutions (filters, height, width, channels),
of an LSTM four blocks of rows for output gate, input gate, forget gate and candidate.
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
    """W x + b, then relu if asked for. Pictures are flattened by height, width, channels."""

    units: int
    relu: bool = False


@dataclass(frozen=True)
class Block:
    """x + relu(batch normalisation(W x)), as wide as x; W has no bias, the mean takes it away."""

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

# Places of the gates for whoever has them in the order input, forget, candidate, output, and back.
INPUT_FORGET_CANDIDATE_OUTPUT = (1, 2, 3, 0)
OUTPUT_INPUT_FORGET_CANDIDATE = (3, 0, 1, 2)


def with_gates(network: Network, weights: Weights, order: Sequence[int]) -> Weights:
    """The weights with the rows of LSTM layers in another order of gates."""
    return {
        key: np.concatenate([np.split(array, 4)[gate] for gate in order])
        if isinstance(layer_of(network, key), Lstm)
        else array
        for key, array in weights.items()
    }


def inputs_first(weights: Weights) -> Weights:
    """Matrices as (inputs, outputs), filters as (height, width, channels, filters)."""
    return {key: np.moveaxis(array, 0, -1) for key, array in weights.items()}


def outputs_first(weights: Weights) -> Weights:
    """What `inputs_first` made, as it was before."""
    return {key: np.moveaxis(array, -1, 0) for key, array in weights.items()}


def layer_of(network: Network, key: str) -> Layer:
    """The layer that has the weights of that key."""
    return network[int(key.split(".")[0])]
