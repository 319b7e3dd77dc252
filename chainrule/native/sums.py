"""Sums along axes, plain and weighted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import Tensor

from chainrule.native.axes import axes_of, by_row, reduce_axes
from chainrule.native.kernel import Kernel, by_unit, can_compute_with, whole
from chainrule.native.translation import translates


@translates("mv")
def weighted_sums(y: Tensor, a: Tensor, x: Tensor) -> Kernel | None:
    """y = A x: the weighted sum of each row of a."""
    (rows, columns), (step, by_column) = a.shape, a.stride()
    if not can_compute_with(y, a, x):
        return None
    if step < by_column:  # BLAS is faster across the rows
        return None
    return Kernel(
        "weighted_sums",
        [y, a, x],
        [rows, columns, y.stride(0), step, by_column, x.stride(0)],
        units=rows,
        writes=[by_unit(y, rows, y.stride(0), 1)],
        reads=[by_unit(a, rows, step, 1 + (columns - 1) * by_column), whole(x)],
    )


@translates("sum")
def sums(
    y: Tensor, a: Tensor, dim: int | Sequence[int] | None = None, keepdim: bool = False
) -> Kernel | None:
    """y = the sum of a along some axes, which must be inner ones in memory."""
    dims = range(a.dim()) if dim is None else [dim] if isinstance(dim, int) else dim
    summed = {axis % a.dim() for axis in dims}
    kept = set(range(a.dim())) - summed
    results = _first_along(summed, y) if keepdim else y
    units = reduce_axes(2, axes_of(_first_along(summed, a), results), 2)
    terms = reduce_axes(2, axes_of(_first_along(kept, a)), 1)
    if not can_compute_with(y, a) or units is None or terms is None:
        return None
    (blocks, rows), (i, j) = units, terms
    by_i, by_j = i.strides[0], j.strides[0]
    if rows.length > 1 and rows.strides[0] < by_j:  # torch then adds whole rows, vectorised
        return None
    length = 1 + (i.length - 1) * by_i + (j.length - 1) * by_j
    return Kernel(
        "sums",
        [y, a],
        [
            *(blocks.length, rows.length, i.length, j.length),
            *(blocks.strides[1], rows.strides[1]),
            *(blocks.strides[0], rows.strides[0], by_i, by_j),
        ],
        units=blocks.length * rows.length,
        writes=[by_row(y, 1, blocks, rows, 1)],
        reads=[by_row(a, 0, blocks, rows, length)],
    )


def _first_along(axes: Iterable[int], tensor: Tensor) -> Tensor:
    """Select the first element along each of these axes."""
    for axis in sorted(axes, reverse=True):
        tensor = tensor.select(axis, 0)
    return tensor
