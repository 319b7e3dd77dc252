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

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar, get_type_hints

from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.errors import InputError
from chainrule.registry import Registry


@dataclass(frozen=True)
class Range:
    """The numbers that a setting takes, both ends included."""

    lowest: float
    highest: float = math.inf
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        """Whether a value is such a number."""
        if not isinstance(value, int if self.whole else int | float):
            return False
        return self.lowest <= value <= self.highest  # false of nan

    def __str__(self) -> str:
        """In words.

        >>> print(Range(0, 1), "or", Range(0, whole=True))
        a number from 0 to 1 or a whole number of at least 0
        """
        kind = "a whole number" if self.whole else "a number"
        if math.isinf(self.highest):
            return f"{kind} of at least {self.lowest:g}"
        return f"{kind} from {self.lowest:g} to {self.highest:g}"


class Transform(ABC):
    """Changes pictures at random; either Geometric or Photometric.

    Attributes:
        name: in the registry.
    """

    name: ClassVar[str]

    @classmethod
    def settings(cls) -> dict[str, Range]:
        """The numbers that each setting takes, by name, in order."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            name: hint.__metadata__[0]
            for name, hint in hints.items()
            if hasattr(hint, "__metadata__")
        }

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            InputError: one is out of its range.
        """
        for setting, numbers in self.settings().items():
            given = getattr(self, setting)
            if given not in numbers:
                raise InputError(
                    f"{self.name}: got {setting} {given!r}, expected {numbers}, "
                    f"such as {getattr(type(self), setting)}."
                )

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
