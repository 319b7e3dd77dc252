"""Averaging: the mean of the weights over the last steps is often better than any of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from chainrule.plan import Parameters
from chainrule.training.optimizers.ranges import check_share


@dataclass(frozen=True)
class Averaging:
    """Exponential moving average of the weights, updated after step t = 1, 2, ...:

    average <- d_t * average + (1 - d_t) * w, with d_t = min(decay, (1 + t) / (10 + t))

    The smaller d_t at first lets the initial weights, where the average begins, soon be forgotten.
    Args:
        decay: share of the average that is kept, from 0 to below 1; it reaches over about
            1 / (1 - decay) steps.
    Raises:
        InputError: decay is outside its range.
    Source: Polyak & Juditsky (1992), Acceleration of stochastic approximation by averaging; d_t as
    in TensorFlow's ExponentialMovingAverage, which calls t num_updates.
    """

    decay: float

    def __post_init__(self) -> None:
        check_share(self, "decay", 0.999)

    def bind(self, parameters: Parameters) -> "WeightAverage":
        """The average of these parameters, which begins as they are."""
        return WeightAverage(parameters, self.decay)


class WeightAverage:
    """The moving average of a network's weights, and its exchange with the weights themselves.

    Attributes:
        values: the average, flat and in the order of `parameters.weights`.
    """

    def __init__(self, parameters: Parameters, decay: float) -> None:
        self.values = parameters.weights.clone()
        self._weights, self._decay = parameters.weights, decay
        self._scratch = torch.empty_like(self.values)
        self._updates = 0

    def update(self) -> None:
        """Take the weights as they are into the average."""
        self._updates += 1
        decay = min(self._decay, (1 + self._updates) / (10 + self._updates))
        self.values.lerp_(self._weights, 1 - decay)

    def swap(self) -> None:
        """Exchange the average with the weights, in place: plans then compute with the average."""
        self._scratch.copy_(self._weights)
        self._weights.copy_(self.values)
        self.values.copy_(self._scratch)

    @contextmanager
    def in_place_of_weights(self) -> Iterator[None]:
        """Have the average where the weights are, for as long as the context lasts."""
        self.swap()
        try:
            yield
        finally:
            self.swap()
