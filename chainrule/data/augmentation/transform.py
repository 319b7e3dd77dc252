"""What a transform of pictures is, and the registry of them by name.

A transform is a frozen dataclass; each of its settings says which numbers it takes:

    @transform("shift")
    @dataclass(frozen=True)
    class Shift(Geometric):
        share: Annotated[float, Range(0, 0.5)] = 0.1

The first is the strength or the probability. With all of them at their lowest a transform changes
nothing. Pictures are (batch, height, width, channels), of any order in memory.
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
    """Changes pictures at random; either Geometric or Photometric.

    Attributes:
        name: in the registry.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        check_settings(self)

    def check(self, height: int, width: int, channels: int) -> None:  # noqa: B027  # most fit all
        """Whether it fits pictures of that shape.

        Raises:
            InputError: it doesn't.
        """


@dataclass(frozen=True, eq=False)
class Motion:
    """Where the pixels of a moved picture come from.

    Attributes:
        matrices: (batch, 3, 3) float64. A pixel of the new picture at (x, y) from the centre, x to
            the right and y down, in pixels, comes from the first two of matrix @ (x, y, 1).
        whole_pixels: whether pixels come from pixels, and never from between them.
    """

    matrices: Tensor
    whole_pixels: bool


class Geometric(Transform):
    """Moves pixels. Transforms of this kind that follow each other are one resampling."""

    @abstractmethod
    def motion(self, draws: Draws, height: int, width: int) -> Motion:
        """Where the pixels of each picture of the batch come from."""
        ...


class Photometric(Transform):
    """Changes values where they stand."""

    @abstractmethod
    def apply(self, pictures: Tensor, draws: Draws, low: Tensor, high: Tensor) -> Tensor:
        """New pictures; the given ones stay as they are.

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
