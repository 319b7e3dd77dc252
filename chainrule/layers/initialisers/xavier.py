"""Xavier: the initialisation for sigmoid, tanh and layers without activation."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.fans import fan_in, fan_out


@dataclass(frozen=True)
class Xavier:
    """Normal numbers of mean 0 and variance 2 / (fan_in + fan_out).

    A compromise between keeping the size of activations forwards, 1 / fan_in, and that of
    gradients backwards, 1 / fan_out, where the activation is nearly linear around 0.
    Source: Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, equation 12.
    """

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Normal numbers, float64, for weights (outputs, inputs, ...)."""
        deviation = math.sqrt(2 / (fan_in(shape) + fan_out(shape)))
        return deviation * torch.randn(shape, generator=generator, dtype=torch.float64)
