"""What the tests of augmentation share: draws that are known, and pictures."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from chainrule.data.augmentation.draws import Draws


@dataclass(frozen=True, eq=False)
class Fixed(Draws):
    """Draws that give one number to all samples."""

    number: float = 0.0

    def uniform(self, what: str) -> Tensor:
        return torch.full((len(self.rows),), self.number, dtype=torch.float64)


@pytest.fixture
def fixed() -> Callable[[float, int], Draws]:
    """Draws of that number for so many samples; 0 is for the least, 1 for the most."""
    return lambda number, samples: Fixed(0, 1, "", torch.arange(samples), number)


@pytest.fixture
def pictures() -> Tensor:
    """Of three channels, neither square nor of even sizes, (12, 15, 11, 3), -0.5 to 2.5."""
    generator = torch.Generator().manual_seed(0)
    return torch.rand(12, 15, 11, 3, generator=generator) * 3 - 0.5
