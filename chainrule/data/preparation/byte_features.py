"""Byte features: those of pictures, kept as bytes and looked up when they are needed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

# A byte has so many values.
VALUES = 256


@dataclass(frozen=True, eq=False)
class ByteFeatures:
    """Samples of features in a quarter of the memory that they take as float32.

    Attributes:
        bytes: (n, ...) uint8. With several channels, the last axis is that of the channels.
        values: (channels, 256) float32, what each byte becomes.
    """

    bytes: Tensor
    values: Tensor

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.bytes)

    @property
    def shape(self) -> torch.Size:
        """That of the features, (n, ...)."""
        return self.bytes.shape

    def take(self, rows: Tensor) -> ByteFeatures:
        """Some samples, still as bytes."""
        return ByteFeatures(self.bytes[rows], self.values)

    def __getitem__(self, rows: Tensor | slice) -> Tensor:
        """The features of some samples, float32 (rows, ...)."""
        channels = len(self.values)
        places = self.bytes[rows].int()
        if channels > 1:
            places += VALUES * torch.arange(channels, dtype=torch.int32)
        return self.values.view(-1)[places]


def look_up(bytes: Tensor, values: Tensor, rows: Tensor, *, out: Tensor) -> None:
    """Write the features of some samples, as one call that compiled code can take over.

    Args:
        bytes: of `ByteFeatures`.
        values: likewise.
        rows: of the samples, int64 (batch,).
        out: (batch, ...) float32.
    """
    out.copy_(ByteFeatures(bytes, values)[rows])
