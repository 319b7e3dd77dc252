"""Constants: zeros, right for biases and wrong for weights, and given numbers."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.registry import initialiser


@initialiser("zeros")
@dataclass(frozen=True)
class Zeros:
    """All zeros. For weights this would keep all units of a layer alike for ever."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Zeros, float64."""
        return torch.zeros(shape, dtype=torch.float64)


@dataclass(frozen=True)
class Values:
    """Given numbers, for what is known of samples before training begins."""

    values: tuple[float, ...]

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """The numbers, float64, in that shape."""
        return torch.tensor(self.values, dtype=torch.float64).view(shape)
