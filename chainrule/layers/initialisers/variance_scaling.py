"""Variance scaling: random numbers whose variance follows from the shape of the weights."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from chainrule.errors import unknown_name

Distribution = Literal["normal", "uniform"]


@dataclass(frozen=True)
class VarianceScaling(ABC):
    """Base of initialisers with mean 0 and a variance v that follows from the fans.

    A sum over n inputs has n times the variance of one product, so v about 1/n keeps the size of
    signals from layer to layer. Of the distribution only the variance matters for that; uniform
    numbers lie between -a and a, which makes their variance a^2 / 3, so a = sqrt(3 v).

    Args:
        distribution: normal, or uniform, which has no outliers.
    Raises:
        InputError: there is no distribution of that name.
    """

    distribution: Distribution = "normal"

    def __post_init__(self) -> None:
        if str(self.distribution) not in get_args(Distribution):
            raise unknown_name("distribution", self.distribution, get_args(Distribution))

    @abstractmethod
    def variance(self, shape: tuple[int, ...]) -> float:
        """Return the variance of each weight, for weights (outputs, kernel axes ..., inputs)."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw random numbers, float64, for weights (outputs, kernel axes ..., inputs)."""
        variance = self.variance(shape)
        if self.distribution == "normal":
            z = torch.randn(shape, generator=generator, dtype=torch.float64)
            return math.sqrt(variance) * z
        u = torch.rand(shape, generator=generator, dtype=torch.float64)
        return math.sqrt(3 * variance) * (2 * u - 1)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        argument = "" if self.distribution == "normal" else repr(self.distribution)
        return f"{type(self).__name__}({argument})"
