"""Axes: tensors of the same shape walked through together, along as few axes as that needs."""

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
        """Whether this axis and one inside of it are a single, longer one for every tensor."""
        pairs = zip(self.strides, inner.strides, strict=True)
        return all(outer == inner.length * step for outer, step in pairs)


def axes_of(first: Tensor, *others: Tensor) -> list[Axis]:
    """The axes of tensors of one shape, in the order in which they lie in the first one's memory.

    The outermost comes first. Axes of length 1 say nothing and are left out.
    """
    strides = zip(*(tensor.stride() for tensor in (first, *others)), strict=True)
    axes = [Axis(n, steps) for n, steps in zip(first.shape, strides, strict=True) if n > 1]
    return sorted(axes, key=lambda axis: axis.strides, reverse=True)


def merge_axes(axes: Sequence[Axis]) -> list[Axis]:
    """The same walk, with every two axes joined that can be."""
    result: list[Axis] = []
    for axis in axes:
        if result and result[-1].joins(axis):
            result[-1] = Axis(result[-1].length * axis.length, axis.strides)
        else:
            result.append(axis)
    return result


def walk(count: int, axes: Sequence[Axis], tensors: int) -> list[Axis] | None:
    """The same walk along just so many axes; None if it needs more.

    Those that it doesn't need have length 1 and come first. The outermost stays by itself where it
    can, because it is what threads divide among them.
    """
    found = [*axes[:1], *merge_axes(axes[1:])]
    if len(found) > count:
        found = merge_axes(axes)
    if len(found) > count:
        return None
    return [Axis(1, (0,) * tensors)] * (count - len(found)) + found


def by_row(tensor: Tensor, number: int, blocks: Axis, rows: Axis, length: int) -> Access:
    """A tensor of which each unit of work has a row, counted through blocks of rows.

    Args:
        tensor: that is touched.
        number: its place among the strides.
        blocks: axis of the blocks.
        rows: axis of the rows of a block.
        length: of a row, from its first element to behind its last one.
    """
    in_a_row = Axis(blocks.length, blocks.strides[number : number + 1]).joins(
        Axis(rows.length, rows.strides[number : number + 1])
    )
    if blocks.length > 1 and not in_a_row:
        return whole(tensor)
    return by_unit(tensor, blocks.length * rows.length, rows.strides[number], length)
