"""The interface of a peer: training of a work, from given weights, on given batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.networks import Weights
from benchmarks.samples import Samples
from benchmarks.works import Rows, Work

LEARNING_RATE = 0.001
EPSILON = 1e-8


class Training(Protocol):
    """A network trained with Adam, in the way that the peer's own tutorial teaches."""

    def learn(self, rows: Rows) -> None:
        """Take a step for each batch of rows, (steps, batch), and wait until all is computed."""
        ...

    def weights(self) -> Weights:
        """Return the current weights, in the layout of benchmarks/networks.py."""
        ...

    def scores(self, features: NDArray[np.float32]) -> NDArray[Any]:
        """Return the outputs for one batch of test samples, (batch, outputs)."""
        ...


class OneAfterAnother:
    """The members of a work, trained one after another; a `Training` with an axis of members.

    Args:
        begin: makes the training of one: a peer's module has it.
        weights: initial ones, (members, ...).
    """

    def __init__(
        self,
        begin: Callable[[Work, Weights, Samples], Training],
        work: Work,
        weights: Weights,
        samples: Samples,
    ) -> None:
        self._trainings = [
            begin(work, {key: array[member] for key, array in weights.items()}, samples)
            for member in range(work.members)
        ]

    def learn(self, rows: Rows) -> None:
        """Take the steps of each member, rows (members, steps, batch)."""
        for training, own in zip(self._trainings, rows, strict=True):
            training.learn(own)

    def weights(self) -> Weights:
        """Return the weights of all members, each (members, ...)."""
        members = [training.weights() for training in self._trainings]
        return {key: np.stack([member[key] for member in members]) for key in members[0]}

    def scores(self, features: NDArray[np.float32]) -> NDArray[Any]:
        """Return the outputs of all members, (members, batch, outputs)."""
        return np.stack([training.scores(features) for training in self._trainings])
