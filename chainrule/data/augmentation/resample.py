"""Resampling of pictures by several geometric transforms in one pass."""

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor

from chainrule.data.augmentation.transform import Motion


def resample(pictures: Tensor, motions: Sequence[Motion], low: Tensor) -> Tensor:
    """Apply motions to pictures, in order.

    The matrices are multiplied, so that pixels that one motion moves out of the frame can be moved
    back by the next, and values are interpolated only once. Motions by whole pixels copy values;
    others interpolate bilinearly.
    Args:
        pictures: (batch, height, width, channels); returned themselves if there is no motion.
        motions: to apply to each picture.
        low: black, the value of pixels from outside, (channels,).
    """
    if not motions:
        return pictures
    matrices = reduce(torch.matmul, [motion.matrices for motion in motions])
    framed = _framed(pictures, low)
    moved = torch.nn.functional.grid_sample(
        framed,
        _grid(matrices.to(pictures.dtype), *framed.shape[2:]),
        mode="nearest" if all(motion.whole_pixels for motion in motions) else "bilinear",
        padding_mode="border",
        align_corners=False,
    )
    return moved.permute(0, 2, 3, 1)


def _framed(pictures: Tensor, low: Tensor) -> Tensor:
    """Return pictures in a black frame of one pixel, (batch, channels, height + 2, width + 2).

    Pixels from outside then have the value of the border, and black may be other than 0.
    """
    batch, height, width, channels = pictures.shape
    framed = pictures.new_empty(batch, channels, height + 2, width + 2)
    framed.copy_(low[:, None, None])
    framed[:, :, 1:-1, 1:-1] = pictures.permute(0, 3, 1, 2)
    return framed


def _grid(matrices: Tensor, framed_height: int, framed_width: int) -> Tensor:
    """Return the source (x, y) of each pixel within the frame, (batch, height, width, 2).

    Coordinates are from -1, the left and upper edge of the frame, to 1, the right and lower edge.
    """
    scale = matrices.new_tensor([2 / framed_width, 2 / framed_height])
    # A pair (x, y) is one complex number, so that memory is written once and in order.
    # torch's affine_grid multiplies matrices instead, which takes several times as long.
    x_part, y_part, offset = torch.view_as_complex(
        (matrices[:, :2] * scale[:, None]).transpose(1, 2).contiguous()
    ).unbind(1)
    from_columns = x_part[:, None] * _from_centre(framed_width - 2, matrices)
    from_rows = y_part[:, None] * _from_centre(framed_height - 2, matrices) + offset[:, None]
    return torch.view_as_real(from_columns[:, None, :] + from_rows[:, :, None])


def _from_centre(length: int, like: Tensor) -> Tensor:
    """Return the coordinates of pixels along an axis, 0 in the middle."""
    return torch.arange(length, dtype=like.dtype) - (length - 1) / 2
