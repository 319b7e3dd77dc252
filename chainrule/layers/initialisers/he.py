"""He: the initialisation for rectifiers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.fans import fan_in


@dataclass(frozen=True)
class He:
    """Normal numbers of mean 0 and variance 2 / fan_in.

    Keeps the size of activations the same from layer to layer under ReLU, which silences half of
    them: hence the 2.
    Source: He et al. (2015), Delving Deep into Rectifiers, section 2.2, equation 10.
    """

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Normal numbers, float64, for weights (outputs, inputs, ...)."""
        deviation = math.sqrt(2 / fan_in(shape))
        return deviation * torch.randn(shape, generator=generator, dtype=torch.float64)
