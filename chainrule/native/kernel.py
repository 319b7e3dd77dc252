"""Kernel: one call of torch as a call of a C function that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Access:
    """Memory that a kernel uses.

    Attributes:
        first: address of its first byte.
        last: address behind its last byte.
        share: how it is divided among threads; two kernels that divide the same memory in the same
            way give each thread the same part of it. None if threads may use each other's parts.
    """

    first: int
    last: int
    share: tuple[int, ...] | None = None

    def conflicts_with(self, other: Access) -> bool:
        """Whether one thread may use memory here that another thread uses there."""
        if self.share is not None and self.share == other.share:
            return False
        return self.first < other.last and other.first < self.last


@dataclass(frozen=True, eq=False)
class Kernel:
    """A C function with its arguments.

    Attributes:
        function: its name in kernels.c, which documents the numbers.
        tensors: that it uses.
        numbers: sizes, and strides in elements.
        units: number of units of work, which threads divide among them.
        writes: memory that it changes.
        reads: memory that it only reads.
        scalars: further arguments, floating-point numbers.
    """

    function: str
    tensors: Sequence[Tensor]
    numbers: Sequence[int]
    units: int
    writes: Sequence[Access]
    reads: Sequence[Access]
    scalars: Sequence[float] = ()

    def has_to_wait_for(self, earlier: Kernel) -> bool:
        """Whether a thread may read or overwrite memory of the earlier kernel in another thread."""
        return any(
            a.conflicts_with(b)
            for ours, theirs in (
                (self.writes, earlier.writes),
                (self.writes, earlier.reads),
                (self.reads, earlier.writes),
            )
            for a in ours
            for b in theirs
        )


def whole(tensor: Tensor) -> Access:
    """Return the access of every thread to all of a tensor."""
    first = tensor.data_ptr()
    span = 1 + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    return Access(first, first + span * tensor.itemsize)


def by_unit(tensor: Tensor, units: int, step: int, length: int) -> Access:
    """Return the access to a tensor of which each unit of work has its own part.

    Args:
        tensor: that is accessed.
        units: number of units.
        step: distance from the part of one unit to that of the next, in elements.
        length: of a part, from its first element to behind its last one.
    """
    everything = whole(tensor)
    if step < length:  # the parts overlap
        return everything
    share = (everything.first, units, step, length)
    return Access(everything.first, everything.last, share)


def can_compute_with(*tensors: Tensor) -> bool:
    """Whether the kernels support these tensors: float32 on the CPU."""
    return all(t.dtype == torch.float32 and t.device.type == "cpu" for t in tensors)
