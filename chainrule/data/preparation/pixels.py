"""Pixels: bytes 0 to 255 become numbers 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record
from chainrule.errors import InputError


@dataclass(frozen=True)
class Pixels:
    """x' = x / 255, for pictures of one size."""

    height: int
    width: int

    @classmethod
    def fit(cls, pixels: NDArray[np.uint8]) -> Pixels:
        """Learn the size of pictures, (pictures, height, width)."""
        _, height, width = pixels.shape
        return cls(height, width)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The features of pictures, of the same shape.

        Raises:
            InputError: the pictures are of another size.
        """
        _, height, width = pixels.shape
        if (height, width) != (self.height, self.width):
            raise InputError(
                f"got pictures of {height} x {width} pixels, expected {self.height} x {self.width} "
                "as the model was trained on. Scale them to that size."
            )
        return np.divide(pixels, 255, dtype=np.float32)

    def as_json(self) -> Json:
        """Its fields."""
        return {"kind": "pixels", "height": self.height, "width": self.width}

    @classmethod
    def from_json(cls, given: object) -> Pixels:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        record = read_record("pixels", given, {"kind": "pixels", "height": int, "width": int})
        return cls(record["height"], record["width"])
