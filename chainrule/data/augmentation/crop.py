"""Random crop: a part of the picture's size, cut from a picture with a margin around it."""

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
    """A picture gets a black margin, and a part of its first size is cut out, anywhere.

    The picture then has moved by up to the margin's width: this is a shift, told in pixels.
    Args:
        padding: width of the margin in pixels; less than height and width.
    Source: He et al. (2016), Deep residual learning for image recognition, section 4.2, where
    pictures of 32 x 32 pixels get a margin of 4.
    """

    padding: Annotated[int, Range(0, whole=True)] = 4

    def check(self, height: int, width: int, channels: int) -> None:
        """Raises InputError if nothing of a picture might be left."""
        if self.padding and self.padding >= min(height, width):
            raise InputError(
                f"crop: got padding {self.padding} for pictures of {height} x {width} pixels, "
                f"expected less than {min(height, width)}, or nothing of them might be left. "
                f"Use crop:{min(height, width) // 8}."
            )

    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """By up to `padding` pixels along each axis."""
        return translation(draws, self.padding, self.padding)
