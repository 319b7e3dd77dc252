"""Kernel: one call of torch as a record for the C function that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Access:
    """Memory that a kernel touches.

    Attributes:
        first: address of its first byte.
        last: address behind its last byte.
        share: how it is divided among threads; two kernels that divide the same memory in the same
            way give each thread the same part of it. None if threads may touch parts of each other.
    """

    first: int
    last: int
    share: tuple[int, ...] | None = None

    def concerns(self, other: Access) -> bool:
        """Whether a thread may touch here what another thread touches there."""
        if self.share is not None and self.share == other.share:
            return False
        return self.first < other.last and other.first < self.last


@dataclass(frozen=True, eq=False)
class Kernel:
    """What the C function is given.

    Attributes:
        function: its name in kernels.c, which says what the numbers are.
        tensors: whose memory it touches.
        numbers: sizes, and strides in elements.
        units: of work, to be divided among threads.
        writes: what it changes.
        reads: what it only looks at.
        scalars: further numbers, not whole.
    """

    function: str
    tensors: Sequence[Tensor]
    numbers: Sequence[int]
    units: int
    writes: Sequence[Access]
    reads: Sequence[Access]
    scalars: Sequence[float] = ()

    def has_to_wait_for(self, earlier: Kernel) -> bool:
        """Whether a thread may need, or spoil, what another one still does for the earlier one."""
        return any(
            a.concerns(b)
            for ours, theirs in (
                (self.writes, earlier.writes),
                (self.writes, earlier.reads),
                (self.reads, earlier.writes),
            )
            for a in ours
            for b in theirs
        )


def whole(tensor: Tensor) -> Access:
    """All of a tensor, for every thread."""
    first = tensor.data_ptr()
    span = 1 + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    return Access(first, first + span * tensor.itemsize)


def by_unit(tensor: Tensor, units: int, step: int, length: int) -> Access:
    """A tensor of which each unit of work has its own part.

    Args:
        tensor: that is touched.
        units: how many there are.
        step: from the part of one unit to that of the next, in elements.
        length: of a part, from its first element to behind its last one.
    """
    everything = whole(tensor)
    if step < length:  # the parts overlap
        return everything
    share = (everything.first, units, step, length)
    return Access(everything.first, everything.last, share)


def can_compute_with(*tensors: Tensor) -> bool:
    """Whether the kernels can compute with these."""
    return all(t.dtype == torch.float32 and t.device.type == "cpu" for t in tensors)
