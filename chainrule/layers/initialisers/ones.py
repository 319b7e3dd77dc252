"""Ones: right for the scale of a normalisation, wrong for weights."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Ones:
    """All ones: a scale that initially changes nothing."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Return ones, float64."""
        return torch.ones(shape, dtype=torch.float64)
