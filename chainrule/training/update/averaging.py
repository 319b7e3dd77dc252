"""Averaging: an exponential moving average of the weights over the last steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import torch

from chainrule.plan import Parameters
from chainrule.ranges import Range, check_settings


@dataclass(frozen=True)
class Averaging:
    """Exponential moving average of the weights, updated after step t = 1, 2, ...:

    average <- d_t * average + (1 - d_t) * w, with d_t = min(decay, (1 + t) / (10 + t))

    The average starts at the initial weights; d_t is smaller at first, so that they fade quickly.
    Args:
        decay: share of the average that is kept, from 0 to below 1; the average spans about
            1 / (1 - decay) steps.
    Raises:
        InputError: decay is outside its range.
    Source: Polyak & Juditsky (1992), Acceleration of stochastic approximation by averaging; d_t as
    in TensorFlow's ExponentialMovingAverage, which calls t num_updates.
    """

    decay: Annotated[float, Range(0, below=1, example=0.999)]

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> "WeightAverage":
        """Return a moving average that starts at the current values of the parameters."""
        return WeightAverage(parameters, self.decay)


class WeightAverage:
    """Moving average of a network's weights, which can be swapped with the weights.

    Attributes:
        values: the average, flat and in the order of `parameters.weights`.
    """

    def __init__(self, parameters: Parameters, decay: float) -> None:
        self.values = parameters.weights.clone()
        self._weights, self._decay = parameters.weights, decay
        self._scratch = torch.empty_like(self.values)
        self._updates = 0

    def update(self) -> None:
        """Add the current weights to the average."""
        self._updates += 1
        decay = min(self._decay, (1 + self._updates) / (10 + self._updates))
        self.values.lerp_(self._weights, 1 - decay)

    def swap(self) -> None:
        """Swap the average with the weights in place, so that plans compute with the average."""
        self._scratch.copy_(self._weights)
        self._weights.copy_(self.values)
        self.values.copy_(self._scratch)

    @contextmanager
    def in_place_of_weights(self) -> Iterator[None]:
        """Swap the average and the weights for the duration of the context."""
        self.swap()
        try:
            yield
        finally:
            self.swap()
