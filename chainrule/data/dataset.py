"""Datasets: tables or pictures. Both have `len`, `take` and `target`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table
from chainrule.errors import check_type


@dataclass(frozen=True, eq=False)
class Images:
    """Pictures of one size, with their targets.

    Attributes:
        source: the name of the file or folder, for messages.
        pixels: uint8, 0 to 255: (pictures, height, width) in grey, (pictures, height, width,
            channels) in colour.
        target: the labels to predict; None if there are none.
        notes: for the user, on what was read and what was dropped.
        names: (pictures,) of str, the file of each picture; None if one file has all of them.
        read_options: by which they were read.
    Raises:
        InputError: pixels are no array, or the target is no Column.
        TypeError: pixels are an array of another type or shape.
        ValueError: there are not as many targets or names as pictures.
    """

    source: str
    pixels: NDArray[np.uint8]
    target: Column | None
    notes: tuple[str, ...] = ()
    names: NDArray[np.object_] | None = None
    read_options: ReadOptions = field(default_factory=ReadOptions)

    def __post_init__(self) -> None:
        check_type("Images", "pixels", self.pixels, np.ndarray, "an array of uint8")
        check_type("Images", "target", self.target, Column | None, "a Column, or None")
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
        """The number of pictures."""
        return len(self.pixels)

    @property
    def in_colour(self) -> bool:
        """Whether the pictures have colour channels."""
        return self.pixels.ndim == 4 and self.pixels.shape[3] > 1

    def take(self, rows: NDArray[Any]) -> Images:
        """Return some of the pictures, in the order of `rows`: indices, or a mask."""
        return replace(
            self,
            pixels=self.pixels[rows],
            target=None if self.target is None else self.target.take(rows),
            names=None if self.names is None else self.names[rows],
        )


Dataset: TypeAlias = Table | Images

# What data is to a choice of network and augmentation: files of pictures in colour are photographs;
# other files, and arrays in colour, are pictures.
DataKind = Literal["table", "photographs", "pictures", "grey arrays"]


def data_kind(data: Dataset) -> DataKind:
    """Return the kind of a dataset."""
    if isinstance(data, Table):
        return "table"
    if data.names is None and not data.in_colour:
        return "grey arrays"
    return "photographs" if data.names is not None and data.in_colour else "pictures"
