"""Random crop of the original size from a padded picture."""

from dataclasses import dataclass
from typing import Annotated

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Geometric, Motion, transform
from chainrule.data.augmentation.translation import translation
from chainrule.errors import InputError
from chainrule.ranges import Range


@transform("crop")
@dataclass(frozen=True)
class Crop(Geometric):
    """A picture is padded with black, and a random crop of the original size is taken.

    This is a shift by up to the padding, in pixels.
    Args:
        padding: in pixels; less than height and width.
    Source: He et al. (2016), Deep residual learning for image recognition, section 4.2, where
    pictures of 32 x 32 pixels are padded by 4.
    """

    padding: Annotated[int, Range(0, whole=True)] = 4

    def check(self, height: int, width: int, channels: int) -> None:
        """Raise InputError if nothing of a picture might be left."""
        if self.padding and self.padding >= min(height, width):
            raise InputError(
                f"crop: got padding {self.padding} for pictures of {height} x {width} pixels, "
                f"expected less than {min(height, width)}, or nothing of them might be left. "
                f"Use crop:{min(height, width) // 8}."
            )

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Shift by up to `padding` pixels along each axis."""
        return translation(draws, self.padding, self.padding)
