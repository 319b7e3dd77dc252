"""Features of pictures, stored as bytes and converted to float32 on access."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

VALUES = 256  # of a byte


@dataclass(frozen=True, eq=False)
class ByteFeatures:
    """Features of samples as bytes, in a quarter of the memory of float32.

    Attributes:
        bytes: (n, ...) uint8. With several channels, they are the last axis.
        values: (channels, 256) float32, the feature of each byte.
    """

    bytes: Tensor
    values: Tensor

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.bytes)

    @property
    def shape(self) -> torch.Size:
        """The shape of the features, (n, ...)."""
        return self.bytes.shape

    def take(self, rows: Tensor) -> ByteFeatures:
        """Return some samples, still as bytes."""
        return ByteFeatures(self.bytes[rows], self.values)

    def __getitem__(self, rows: Tensor | slice) -> Tensor:
        """Return the features of some samples, float32 (rows, ...)."""
        channels = len(self.values)
        indices = self.bytes[rows].int()
        if channels > 1:
            indices += VALUES * torch.arange(channels, dtype=torch.int32)
        return self.values.view(-1)[indices]


def look_up(bytes: Tensor, values: Tensor, rows: Tensor, *, out: Tensor) -> None:
    """Write the features of some samples into `out`, as one call that compiled code can replace.

    Args:
        bytes: of `ByteFeatures`.
        values: of `ByteFeatures`.
        rows: of the samples, int64 (batch,).
        out: (batch, ...) float32.
    """
    out.copy_(ByteFeatures(bytes, values)[rows])
