"""Random zoom in or out."""

import math
from dataclasses import dataclass
from typing import Annotated

import torch

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Geometric, Motion, transform
from chainrule.ranges import Range


@transform("zoom")
@dataclass(frozen=True)
class Zoom(Geometric):
    """A picture is scaled around its centre by a factor f: (x, y) comes from (x / f, y / f).

    log f is uniform from -log(1 + strength) to log(1 + strength), so that zooming in and out are
    equally likely. Enlarged pictures are cropped; pixels around shrunk ones are black.
    Args:
        strength: 0 to 1; with 0.1, f is from 1 / 1.1 to 1.1.
    Source: Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks
    applied to visual document analysis, section 2 (affine distortions).
    """

    strength: Annotated[float, Range(0, 1)] = 0.1

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Scale around the centre."""
        maximum = math.log1p(self.strength)
        factor = draws.between("log factor", -maximum, maximum).exp()
        matrices = torch.eye(3, dtype=torch.float64) / factor[:, None, None]
        matrices[:, 2, 2] = 1
        return Motion(matrices, whole_pixels=False)
