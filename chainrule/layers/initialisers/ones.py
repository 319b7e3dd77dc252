"""Ones: right for the scale of a normalisation, wrong for weights."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Ones:
    """All ones: a scale that changes nothing until it has learned."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Ones, float64."""
        return torch.ones(shape, dtype=torch.float64)
