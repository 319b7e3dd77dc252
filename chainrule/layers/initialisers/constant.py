"""Constants: zeros, right for biases and wrong for weights, and fixed values."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.registry import initialiser


@initialiser("zeros")
@dataclass(frozen=True)
class Zeros:
    """All zeros. As weights they would keep all units of a layer identical for ever."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Return zeros, float64."""
        return torch.zeros(shape, dtype=torch.float64)


@dataclass(frozen=True)
class Values:
    """Fixed values, for statistics of the samples that are known before training."""

    values: tuple[float, ...]

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Return the values, float64, in that shape."""
        return torch.tensor(self.values, dtype=torch.float64).view(shape)
