"""Random translation by whole pixels, for shift and crop."""

import torch
from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Motion


def translation(draws: Draws, max_x: int, max_y: int) -> Motion:
    """Return a translation by a uniformly random whole number of pixels along each axis.

    Args:
        draws: the random numbers.
        max_x: maximum number of pixels to the left or right.
        max_y: maximum number of pixels up or down.
    """
    right = _pixels(draws.uniform("right"), max_x)
    down = _pixels(draws.uniform("down"), max_y)
    matrices = torch.eye(3, dtype=torch.float64).repeat(len(right), 1, 1)
    # The source of a pixel that moved to the right is to its left.
    matrices[:, 0, 2], matrices[:, 1, 2] = -right, -down
    return Motion(matrices, whole_pixels=True)


def _pixels(u: Tensor, maximum: int) -> Tensor:
    """Return a whole number from -maximum to maximum, from 0 <= u < 1."""
    return torch.floor(u * (2 * maximum + 1)) - maximum
