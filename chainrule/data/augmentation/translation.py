"""Translation by whole pixels, which shift and crop have in common."""

import torch
from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Motion


def translation(draws: Draws, furthest_right: int, furthest_down: int) -> Motion:
    """By a whole number of pixels along each axis, each equally likely, to both sides alike.

    Args:
        draws: the random numbers.
        furthest_right: number of pixels that it moves to the right, or to the left, at most.
        furthest_down: number of pixels that it moves down, or up, at most.
    """
    right = _pixels(draws.uniform("right"), furthest_right)
    down = _pixels(draws.uniform("down"), furthest_down)
    matrices = torch.eye(3, dtype=torch.float64).repeat(len(right), 1, 1)
    # What has moved to the right comes from the left.
    matrices[:, 0, 2], matrices[:, 1, 2] = -right, -down
    return Motion(matrices, whole_pixels=True)


def _pixels(share: Tensor, furthest: int) -> Tensor:
    """From -furthest to furthest; share is 0 to 1, exclusive."""
    return torch.floor(share * (2 * furthest + 1)) - furthest
