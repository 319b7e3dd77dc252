"""Gaussian: one deviation for every layer, whatever its width."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.registry import initialiser


@initialiser("gaussian")
@initialiser("gaussian_large", 1.0)
@dataclass(frozen=True)
class Gaussian:
    """Normal numbers of mean 0 and one deviation.

    With 0.01 the activations of deep networks fade to nothing, with 1 they saturate sigmoids: for
    more than a few layers He or Xavier, which depend on the width, are better.
    Source: Saito (2016), Deep Learning from Scratch, 6.2.
    """

    deviation: float = 0.01

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw normal numbers, float64."""
        return self.deviation * torch.randn(shape, generator=generator, dtype=torch.float64)
