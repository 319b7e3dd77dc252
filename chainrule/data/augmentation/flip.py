"""Horizontal flip."""

from dataclasses import dataclass
from typing import Annotated

import torch

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Geometric, Motion, transform
from chainrule.ranges import Range


@transform("flip")
@dataclass(frozen=True)
class Flip(Geometric):
    """A picture is mirrored, (x, y) comes from (-x, y), with a probability.

    For photographs, not for digits, letters or other pictures where left and right matter.
    Args:
        probability: that it happens, 0 to 1.
    Source: Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional
    neural networks, section 4.1.
    """

    probability: Annotated[float, Range(0, 1)] = 0.5

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Mirror the picture, or leave it as it is."""
        flipped = draws.uniform("flipped") < self.probability
        matrices = torch.eye(3, dtype=torch.float64).repeat(len(flipped), 1, 1)
        matrices[flipped, 0, 0] = -1
        return Motion(matrices, whole_pixels=True)
