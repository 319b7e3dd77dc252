"""Colour jitter: random brightness, contrast, saturation and hue."""

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.hue import turn_hue
from chainrule.data.augmentation.transform import Photometric, transform
from chainrule.errors import InputError
from chainrule.ranges import Range

# The luma coefficients of red, green and blue: ITU-R BT.601.
LUMA = (0.299, 0.587, 0.114)


@transform("jitter")
@dataclass(frozen=True)
class Jitter(Photometric):
    """Brightness, contrast, saturation and hue change at random, in this order.

    With v from 0, black, to 1, white, and factors f from 1 - setting to 1 + setting:
        brightness  v <- f v
        contrast    v <- m + f (v - m),  m the mean grey of the picture
        saturation  v <- g + f (v - g),  g the grey of the pixel, 0.299 r + 0.587 g + 0.114 b
        hue         rotated by -setting to +setting of a turn, see hue.py
    v is clipped to 0 and 1 once, before the hue, so that a lower contrast can restore values that
    brightness has moved beyond white.
    Args:
        brightness, contrast, saturation: 0 to 1.
        hue: 0 to 0.5, in turns of the colour wheel.
    Source: Howard (2013), Some improvements on deep convolutional neural network based image
    classification; there the order is random, and there is no hue.
    """

    brightness: Annotated[float, Range(0, 1)] = 0.2
    contrast: Annotated[float, Range(0, 1)] = 0.2
    saturation: Annotated[float, Range(0, 1)] = 0.2
    hue: Annotated[float, Range(0, 0.5)] = 0.02

    def check(self, height: int, width: int, channels: int) -> None:
        """Raise InputError if saturation or hue should change, and there are no colours."""
        if channels != 3 and (self.saturation or self.hue):
            raise InputError(
                f"jitter: got pictures of {channels} channel{'s' * (channels != 1)}, expected 3, "
                "red, green and blue: without colours there is no saturation and no hue. "
                f"Use jitter:{self.brightness:g}:{self.contrast:g}:0:0."
            )

    def apply(self, pictures: Tensor, draws: Draws, low: Tensor, high: Tensor) -> Tensor:
        """Return pictures of another brightness, contrast, saturation and hue."""

        def drawn(purpose: str, lowest: float, highest: float) -> Tensor:
            return draws.between(purpose, lowest, highest).to(pictures.dtype)[:, None, None, None]

        def factor(purpose: str, setting: float) -> Tensor:
            return drawn(purpose, 1 - setting, 1 + setting)

        low, span = low[:, None, None], (high - low)[:, None, None]
        # Channels become planes, so that kernels read contiguous memory.
        # A channel with equal black and white has one value, which does not change.
        v = pictures.permute(0, 3, 1, 2).contiguous().sub(low).div_(span.where(span != 0, 1))
        if self.brightness:
            v.mul_(factor("brightness", self.brightness))
        if self.contrast:
            mean, f = _grey(v.mean((2, 3), keepdim=True)), factor("contrast", self.contrast)
            v.mul_(f).add_(mean * (1 - f))
        if self.saturation:
            grey, f = _grey(v), factor("saturation", self.saturation)
            v.mul_(f).add_(grey * (1 - f))
        v.clamp_(0, 1)
        if self.hue:
            v = turn_hue(v, drawn("hue", -self.hue, self.hue))
        return v.mul_(span).add_(low).permute(0, 2, 3, 1)


def _grey(v: Tensor) -> Tensor:
    """Return the luma of each pixel, (batch, 1, ...), or the mean if there are no 3 channels."""
    if v.shape[1] != len(LUMA):
        return v.mean(1, keepdim=True)
    red, green, blue = v.chunk(3, dim=1)
    return (LUMA[0] * red).add_(green, alpha=LUMA[1]).add_(blue, alpha=LUMA[2])
