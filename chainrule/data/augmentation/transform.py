"""The base classes of transforms of pictures, and their registry.

A transform is a frozen dataclass, whose settings declare their ranges:

    @transform("shift")
    @dataclass(frozen=True)
    class Shift(Geometric):
        share: Annotated[float, Range(0, 0.5)] = 0.1

The first is the strength or the probability. With all settings at their minimum a transform changes
nothing. Pictures are (batch, height, width, channels), of any memory format.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.ranges import check_settings
from chainrule.registry import Registry


class Transform(ABC):
    """Base class of random transforms of pictures, either `Geometric` or `Photometric`.

    Attributes:
        name: in the registry.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        check_settings(self)

    def check(self, height: int, width: int, channels: int) -> None:  # noqa: B027  # most fit all
        """Check that the transform fits pictures of a shape.

        Raises:
            InputError: it does not.
        """


@dataclass(frozen=True, eq=False)
class Motion:
    """An affine map from the pixels of the new pictures to their sources.

    Attributes:
        matrices: (batch, 3, 3) float64. The source of the pixel at (x, y) from the centre, x to the
            right and y down, in pixels, is the first two elements of matrix @ (x, y, 1).
        whole_pixels: whether all sources are at whole pixels, so that nothing is interpolated.
    """

    matrices: Tensor
    whole_pixels: bool


class Geometric(Transform):
    """Base class of transforms that move pixels; consecutive ones are one resampling."""

    @abstractmethod
    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Return the map from new pixels to their sources, for each picture of the batch."""
        ...


class Photometric(Transform):
    """Base class of transforms that change the values of pixels."""

    @abstractmethod
    def apply(self, pictures: Tensor, draws: Draws, low: Tensor, high: Tensor) -> Tensor:
        """Return new pictures; the original ones are not changed.

        Args:
            pictures: (batch, height, width, channels).
            draws: the random numbers.
            low: the value of black, (channels,).
            high: the value of white, (channels,).
        """
        ...


AUGMENTATIONS: Registry[type[Transform]] = Registry("augmentation")

T = TypeVar("T", bound=type[Transform])


def transform(name: str) -> Callable[[T], T]:
    """Register a class as the transform of that name."""
    return AUGMENTATIONS.register(name, mark="name")
