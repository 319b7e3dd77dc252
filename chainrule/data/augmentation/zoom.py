"""Zoom: the picture larger or smaller."""

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

    log f is uniform from -log(1 + strength) to log(1 + strength), so that larger is as likely as
    smaller. What becomes larger is cut at the edges; around what becomes smaller it is black.
    Args:
        strength: 0 to 1; 0.1 is for 1.1 times larger or smaller at most.
    Source: Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks
    applied to visual document analysis, section 2 (affine distortions).
    """

    strength: Annotated[float, Range(0, 1)] = 0.1

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Scaled around the centre."""
        furthest = math.log1p(self.strength)
        factor = draws.between("log factor", -furthest, furthest).exp()
        matrices = torch.eye(3, dtype=torch.float64) / factor[:, None, None]
        matrices[:, 2, 2] = 1
        return Motion(matrices, whole_pixels=False)
