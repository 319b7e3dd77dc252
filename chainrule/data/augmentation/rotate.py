"""Random rotation around the centre of the picture."""

from dataclasses import dataclass
from typing import Annotated

import torch

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Geometric, Motion, transform
from chainrule.ranges import Range


@transform("rotate")
@dataclass(frozen=True)
class Rotate(Geometric):
    """A picture is rotated around its centre by an angle a, uniform from -degrees to degrees.

    Counter-clockwise if a > 0: (x, y), y down, comes from (x cos a - y sin a, x sin a + y cos a);
    pixels from outside are black.
    Args:
        degrees: 0 to 180.
    Source: Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks
    applied to visual document analysis, section 2 (affine distortions).
    """

    degrees: Annotated[float, Range(0, 180)] = 15.0

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Rotate around the centre."""
        angle = draws.between("degrees", -self.degrees, self.degrees).deg2rad()
        cos, sin = torch.cos(angle), torch.sin(angle)
        matrices = torch.eye(3, dtype=torch.float64).repeat(len(angle), 1, 1)
        matrices[:, 0, 0], matrices[:, 0, 1] = cos, -sin
        matrices[:, 1, 0], matrices[:, 1, 1] = sin, cos
        return Motion(matrices, whole_pixels=False)
