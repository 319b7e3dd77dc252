"""Uniform: every number within the bounds is equally likely."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Uniform:
    """Numbers from -bound to bound, whatever the width of the layer."""

    bound: float

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw uniform numbers, float64."""
        u = torch.rand(shape, generator=generator, dtype=torch.float64)
        return self.bound * (2 * u - 1)
