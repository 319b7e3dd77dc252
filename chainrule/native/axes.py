"""Axes: iteration over tensors of one shape together, along as few axes as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from chainrule.native.kernel import Access, by_unit, whole


@dataclass(frozen=True)
class Axis:
    """A length, and the stride of each tensor along it, in elements."""

    length: int
    strides: tuple[int, ...]

    def joins(self, inner: Axis) -> bool:
        """Whether this axis and the next inner one can be merged into one for every tensor."""
        pairs = zip(self.strides, inner.strides, strict=True)
        return all(outer == inner.length * step for outer, step in pairs)


def axes_of(first: Tensor, *others: Tensor) -> list[Axis]:
    """Return the axes of tensors of one shape, ordered by the strides of the first tensor.

    The outermost comes first. Axes of length 1 are left out.
    """
    strides = zip(*(tensor.stride() for tensor in (first, *others)), strict=True)
    axes = [Axis(n, steps) for n, steps in zip(first.shape, strides, strict=True) if n > 1]
    return sorted(axes, key=lambda axis: axis.strides, reverse=True)


def merge_axes(axes: Sequence[Axis]) -> list[Axis]:
    """Merge neighbouring axes where every tensor allows it."""
    result: list[Axis] = []
    for axis in axes:
        if result and result[-1].joins(axis):
            result[-1] = Axis(result[-1].length * axis.length, axis.strides)
        else:
            result.append(axis)
    return result


def reduce_axes(count: int, axes: Sequence[Axis], tensors: int) -> list[Axis] | None:
    """Return exactly `count` axes for the same iteration, or None if it needs more.

    Axes that are not needed have length 1 and come first. The outermost is kept separate where
    possible, because threads divide its elements.
    """
    merged = [*axes[:1], *merge_axes(axes[1:])]
    if len(merged) > count:
        merged = merge_axes(axes)
    if len(merged) > count:
        return None
    return [Axis(1, (0,) * tensors)] * (count - len(merged)) + merged


def by_row(tensor: Tensor, index: int, blocks: Axis, rows: Axis, length: int) -> Access:
    """Return the access to a tensor of which each unit of work uses one row.

    Args:
        tensor: that is accessed.
        index: of its strides in the axes.
        blocks: axis of the blocks.
        rows: axis of the rows of a block.
        length: of a row, from its first element to behind its last one.
    """
    evenly_spaced = Axis(blocks.length, blocks.strides[index : index + 1]).joins(
        Axis(rows.length, rows.strides[index : index + 1])
    )
    if blocks.length > 1 and not evenly_spaced:
        return whole(tensor)
    return by_unit(tensor, blocks.length * rows.length, rows.strides[index], length)
