"""Random erasing of a rectangle, so that the network does not rely on a single region."""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Photometric, transform
from chainrule.errors import InputError
from chainrule.ranges import Range


@transform("erase")
@dataclass(frozen=True)
class Erase(Photometric):
    """With a probability, the pixels of a rectangle become noise, uniform from black to white.

    Its share s of the picture's area is uniform from smallest to largest. Its height is sqrt(s r)
    of the picture's height and its width sqrt(s / r) of the width, rounded to pixels; its position
    is uniform. log r is uniform between log a and -log a, where a is the larger of aspect and s, so
    that each rectangle fits. (The paper draws r itself, so that tall rectangles are more likely,
    and redraws those that do not fit. Its r is height / width, as here for square pictures.)
    Args:
        probability: that it happens, 0 to 1.
        smallest, largest: share of the area, 0 to 1.
        aspect: the smallest r, 0.1 to 1.
    Source: Zhong et al. (2020), Random erasing data augmentation, algorithm 1.
    """

    probability: Annotated[float, Range(0, 1)] = 0.5
    smallest: Annotated[float, Range(0, 1)] = 0.02
    largest: Annotated[float, Range(0, 1)] = 0.4
    aspect: Annotated[float, Range(0.1, 1)] = 0.3

    def __post_init__(self) -> None:
        """Raise InputError if a setting is out of its range, or smallest is above largest."""
        super().__post_init__()
        if self.smallest > self.largest:
            raise InputError(
                f"Erase: got smallest={self.smallest} and largest={self.largest}, expected "
                "smallest to be at most largest, such as smallest=0.02 and largest=0.4."
            )

    def apply(self, pictures: Tensor, draws: Draws, low: Tensor, high: Tensor) -> Tensor:
        """Return pictures with a rectangle of noise, or unchanged."""
        height, width, channels = pictures.shape[1:]
        sample, row, column = self._region(draws, height, width).nonzero(as_tuple=True)
        pixel = row * width + column
        noise = [draws.at(f"value {channel}", sample, pixel) for channel in range(channels)]
        erased = pictures.clone()
        values = low + (high - low) * torch.stack(noise, -1).to(pictures.dtype)
        erased[sample, row, column] = values
        return erased

    def _region(self, draws: Draws, height: int, width: int) -> Tensor:
        """Return a mask of the erased pixels, (batch, height, width)."""
        happens = draws.uniform("erased") < self.probability
        area = draws.between("area", self.smallest, self.largest)
        flattest = area.clamp(min=self.aspect)
        ratio = flattest ** draws.between("ratio", -1, 1)
        rows = _interval(torch.sqrt(area * ratio), draws.uniform("down"), height)
        columns = _interval(torch.sqrt(area / ratio), draws.uniform("right"), width)
        return (rows & happens[:, None])[:, :, None] & columns[:, None, :]


def _interval(share: Tensor, position: Tensor, length: int) -> Tensor:
    """Return a mask of the pixels of an axis within an interval, (batch, length).

    Args:
        share: length of the interval, as a share of the axis, 0 to 1, (batch,).
        position: 0 for the first possible start, just below 1 for the last, (batch,).
        length: of the axis.
    """
    extent = torch.round(share * length)
    start = torch.floor(position * (length - extent + 1))
    pixels = torch.arange(length)
    return (pixels >= start[:, None]) & (pixels < (start + extent)[:, None])
