"""Gates: initial weights of layers whose units have several blocks of rows, one for each gate."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.graph.graph import Initialiser


@dataclass(frozen=True)
class EachGate:
    """The block of each gate is drawn by itself, as if it were the weights of a layer of its own.

    Drawn as one matrix they would count as one layer with so many times the units, and begin too
    small.
    Args:
        initialiser: of a block.
        gates: how many there are.
    """

    initialiser: Initialiser
    gates: int

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """The blocks one below the other, float64; shape is (gates x units, inputs)."""
        block = (shape[0] // self.gates, *shape[1:])
        return torch.cat([self.initialiser.draw(block, generator) for _ in range(self.gates)])


@dataclass(frozen=True)
class GateBiases:
    """A number for each gate, with which all its biases begin."""

    values: tuple[float, ...]

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """The numbers, float64, in the shape (gates x units,)."""
        values = torch.tensor(self.values, dtype=torch.float64)
        return values.repeat_interleave(shape[0] // len(values))
