"""Random shift by a share of the picture's size."""

from dataclasses import dataclass
from typing import Annotated

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Geometric, Motion, transform
from chainrule.data.augmentation.translation import translation
from chainrule.ranges import Range


@transform("shift")
@dataclass(frozen=True)
class Shift(Geometric):
    """A picture is shifted by whole pixels along both axes, by up to a share of each length.

    Pixels from outside are black.
    Args:
        share: of height and of width, 0 to 0.5; rounded to whole pixels.
    Source: Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks
    applied to visual document analysis, section 2.
    """

    share: Annotated[float, Range(0, 0.5)] = 0.1

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Shift by up to share * width horizontally, and share * height vertically."""
        return translation(draws, round(self.share * width), round(self.share * height))
