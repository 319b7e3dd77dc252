"""Sums along axes, plain and weighted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import Tensor

from chainrule.native.axes import axes_of, walk
from chainrule.native.kernel import Kernel, by_unit, understood, whole
from chainrule.native.translation import translates


@translates("mv")
def weighted_sums(y: Tensor, a: Tensor, x: Tensor) -> Kernel | None:
    """y = A x: each row of a, weighted."""
    (rows, columns), (by_row, by_column) = a.shape, a.stride()
    if not understood(y, a, x) or by_row < by_column:  # BLAS is better at walking across the rows
        return None
    return Kernel(
        "weighted_sums",
        [y, a, x],
        [rows, columns, y.stride(0), by_row, by_column, x.stride(0)],
        units=rows,
        writes=[by_unit(y, rows, y.stride(0), 1)],
        reads=[by_unit(a, rows, by_row, 1 + (columns - 1) * by_column), whole(x)],
    )


@translates("sum")
def sums(
    y: Tensor, a: Tensor, dim: int | Sequence[int] | None = None, keepdim: bool = False
) -> Kernel | None:
    """y = the sum of a along some axes, where those lie inside of the others in memory."""
    given = range(a.dim()) if dim is None else [dim] if isinstance(dim, int) else dim
    summed = {axis % a.dim() for axis in given}
    kept = set(range(a.dim())) - summed
    results = _first_along(summed, y) if keepdim else y
    rows = walk(1, axes_of(_first_along(summed, a), results), 2)
    terms = walk(2, axes_of(_first_along(kept, a)), 1)
    if not understood(y, a) or rows is None or terms is None:
        return None
    (row,), (i, j) = rows, terms
    by_row, by_i, by_j = row.strides[0], i.strides[0], j.strides[0]
    if row.length > 1 and by_row < by_j:  # torch adds whole rows then, side by side
        return None
    length = 1 + (i.length - 1) * by_i + (j.length - 1) * by_j
    return Kernel(
        "sums",
        [y, a],
        [row.length, i.length, j.length, row.strides[1], by_row, by_i, by_j],
        units=row.length,
        writes=[by_unit(y, row.length, row.strides[1], 1)],
        reads=[by_unit(a, row.length, by_row, length)],
    )


def _first_along(axes: Iterable[int], tensor: Tensor) -> Tensor:
    """The tensor without these axes, at the beginning of each."""
    for axis in sorted(axes, reverse=True):
        tensor = tensor.select(axis, 0)
    return tensor
