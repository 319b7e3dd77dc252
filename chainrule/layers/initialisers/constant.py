"""Zeros: right for biases, wrong for weights."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Zeros:
    """All zeros. For weights this would keep all units of a layer alike for ever."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Zeros, float64."""
        return torch.zeros(shape, dtype=torch.float64)
