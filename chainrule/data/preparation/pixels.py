"""Features of pixels: bytes from 0 to 255, scaled per colour channel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.preparation.byte_features import VALUES, ByteFeatures
from chainrule.data.preparation.float32 import as_float32
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.scaling import (
    Centring,
    MinMax,
    Scaling,
    Standardisation,
    Unscaled,
    scaling_from_json,
)
from chainrule.errors import InputError, unknown_name

PICTURES_AT_ONCE = 256
BYTES = np.arange(VALUES, dtype=np.float64)
SCALINGS_OF_PIXELS = ("min_max", "centre", "standardise", "none")


@dataclass(frozen=True)
class Pixels:
    """x' = scaling(x) of the channel, for pictures of one size.

    The scalings are min_max (x / 255, whatever the range of the training pictures), centre,
    standardise and none. Mean and deviation are those of a channel over all pixels of the training
    pictures, so a shifted or rotated picture is scaled in the same way.

    Attributes:
        shape: of a picture: (height, width) if grey, else (height, width, channels).
        scalings: one for each channel.
    """

    shape: tuple[int, ...]
    scalings: tuple[Scaling, ...]

    @classmethod
    def fit(cls, pixels: NDArray[np.uint8], scaling: str = "min_max") -> Pixels:
        """Fit to training pictures, (pictures, height, width) or (..., channels).

        Raises:
            InputError: the scaling is none of those for pixels.
        """
        if scaling not in SCALINGS_OF_PIXELS:
            raise unknown_name("scaling of pixels", scaling, SCALINGS_OF_PIXELS)
        channels = np.moveaxis(_with_channels(pixels), -1, 0)
        return cls(pixels.shape[1:], tuple(_fit_channel(channel, scaling) for channel in channels))

    def transform(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features of pictures, of the same shape, which is that of the training."""
        features = np.empty(pixels.shape, np.float32)
        inputs, outputs = _with_channels(pixels), _with_channels(features)
        for channel, value_of in enumerate(self._values):
            for chunk in _chunks(len(pixels)):
                outputs[chunk, ..., channel] = value_of[inputs[chunk, ..., channel]]
        return features

    def as_bytes(self, pixels: NDArray[np.uint8]) -> ByteFeatures:
        """Return the same features as `transform`, stored as bytes."""
        writable = np.require(pixels, requirements=["C", "W"])  # torch warns of read-only arrays
        return ByteFeatures(torch.from_numpy(writable), torch.from_numpy(self._values))

    @property
    def low(self) -> tuple[float, ...]:
        """The feature of the byte 0, black, in each channel."""
        return tuple(self._values[:, 0].tolist())

    @property
    def high(self) -> tuple[float, ...]:
        """The feature of the byte 255 in each channel."""
        return tuple(self._values[:, 255].tolist())

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        return {
            "kind": "pixels",
            "shape": list(self.shape),
            "scalings": [scaling.as_json() for scaling in self.scalings],
        }

    @classmethod
    def from_json(cls, value: object) -> Pixels:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        expected: dict[str, type | str] = {"kind": "pixels", "shape": object, "scalings": object}
        fields = read_fields("pixels", value, expected)
        shape, scalings = fields["shape"], fields["scalings"]
        if not (
            isinstance(shape, list)
            and len(shape) in (2, 3)
            and all(type(length) is int and length > 0 for length in shape)
        ):
            raise damaged("pixels", f"{shape!r:.40} as shape", "2 or 3 positive whole numbers")
        channels = math.prod(shape[2:])
        if not (isinstance(scalings, list) and len(scalings) == channels):
            expectation = f"a list of {channels}, one a channel"
            raise damaged("pixels", f"{scalings!r:.40} as scalings", expectation)
        return cls(tuple(shape), tuple(map(scaling_from_json, scalings)))

    @property
    def _values(self) -> NDArray[np.float32]:
        """The feature of each byte, (channels, 256), so that any scaling is one look-up."""
        return np.stack([as_float32(scaling.transform(BYTES)) for scaling in self.scalings])

    def check(self, shape: tuple[int, ...], source: str) -> None:
        """Check the shape of each of the pictures of a file.

        Raises:
            InputError: it is another one.
        """
        if shape != self.shape:
            same_size = shape[:2] == self.shape[:2]
            remedy = "Convert their colours." if same_size else "Scale them to that size."
            raise InputError(
                f"{source}: got pictures of {_in_words(shape)}, expected {_in_words(self.shape)} "
                f"as the model was trained on. {remedy}"
            )


def _fit_channel(pixels: NDArray[np.uint8], scaling: str) -> Scaling:
    """The scaling of one channel, (pictures, height, width)."""
    if scaling == "none":
        return Unscaled()
    if scaling == "min_max":
        return MinMax(0.0, 255.0)
    # Counts of bytes make the sums exact, in whole numbers, for any number of pixels.
    counts = np.zeros(256, np.int64)
    for chunk in _chunks(len(pixels)):
        counts += np.bincount(pixels[chunk].ravel(), minlength=256)
    number = pixels.size
    total = sum(count * byte for byte, count in enumerate(counts.tolist()))
    squares = sum(count * byte**2 for byte, count in enumerate(counts.tolist()))
    mean = total / number
    if scaling == "centre":
        return Centring(mean)
    return Standardisation(mean, math.sqrt(number * squares - total**2) / number)


def _chunks(pictures: int) -> Iterator[slice]:
    """Yield slices of a few pictures, as numpy's look-ups and counts take 8 bytes per pixel."""
    for start in range(0, pictures, PICTURES_AT_ONCE):
        yield slice(start, start + PICTURES_AT_ONCE)


def _with_channels(pictures: NDArray[Any]) -> NDArray[Any]:
    """Return pictures with a channel axis, (pictures, height, width, channels)."""
    return pictures if pictures.ndim == 4 else pictures[..., np.newaxis]


def _in_words(shape: tuple[int, ...]) -> str:
    """Format the shape of a picture.

    >>> _in_words((28, 28)), _in_words((32, 32, 3))
    ('28 x 28 pixels', '32 x 32 pixels in 3 channels')
    """
    size = f"{shape[0]} x {shape[1]} pixels"
    return f"{size} in {shape[2]} channels" if len(shape) == 3 else size
