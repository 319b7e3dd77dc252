"""Gates: initial weights of layers that have several blocks of rows, one for each gate."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.graph.graph import Initialiser


@dataclass(frozen=True)
class EachGate:
    """Draws the block of each gate separately, as the weights of one layer.

    Drawn as one matrix they would count as one layer with several times the units, and be too
    small.
    Args:
        initialiser: of a block.
        gates: number of gates.
    """

    initialiser: Initialiser
    gates: int

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw the blocks and stack them, float64; shape is (gates x units, inputs)."""
        block = (shape[0] // self.gates, *shape[1:])
        return torch.cat([self.initialiser.draw(block, generator) for _ in range(self.gates)])


@dataclass(frozen=True)
class GateBiases:
    """The initial value of the biases of each gate."""

    values: tuple[float, ...]

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Return the values, float64, in the shape (gates x units,)."""
        values = torch.tensor(self.values, dtype=torch.float64)
        return values.repeat_interleave(shape[0] // len(values))
