"""Dataset: what can be learned from, a table or pictures. Both have `len`, `take` and `target`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column, Table


@dataclass(frozen=True, eq=False)
class Images:
    """Pictures, and the target of each set apart.

    Attributes:
        source: the name of the file or folder, for messages.
        pixels: (pictures, height, width) of uint8, 0 to 255, if the pictures are grey; in colour
            (pictures, height, width, channels).
        target: what is to be learned, or None where it is not known.
        notes: what a person should know about the data, in plain English.
        names: (pictures,) of str, the file of each; None where one file has all of them.
    """

    source: str
    pixels: NDArray[np.uint8]
    target: Column | None
    notes: tuple[str, ...] = ()
    names: NDArray[np.object_] | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim not in (3, 4) or self.pixels.dtype != np.uint8:
            raise TypeError(
                f"{self.source}: pixels are {self.pixels.dtype} of shape {self.pixels.shape}; "
                "they must be (pictures, height, width) of uint8, or have channels of colour behind"
            )
        if self.target is not None and len(self.target) != len(self.pixels):
            raise ValueError(f"{self.source}: pictures and targets differ in number")
        if self.names is not None and len(self.names) != len(self.pixels):
            raise ValueError(f"{self.source}: pictures and names differ in number")

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.pixels)

    @property
    def in_colour(self) -> bool:
        """Whether they have channels of colour."""
        return self.pixels.ndim == 4 and self.pixels.shape[3] > 1

    def take(self, rows: NDArray[Any]) -> Images:
        """Some of the pictures, in the order given (indices, or a mask)."""
        return replace(
            self,
            pixels=self.pixels[rows],
            target=None if self.target is None else self.target.take(rows),
            names=None if self.names is None else self.names[rows],
        )


Dataset: TypeAlias = Table | Images
