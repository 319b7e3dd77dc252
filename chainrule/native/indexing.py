"""Indexing: one class of each sample, or some of many samples; and log softmax."""

from __future__ import annotations

import torch
from torch import Tensor

from chainrule.native.axes import axes_of, reduce_axes
from chainrule.native.kernel import Kernel, by_unit, can_compute_with, whole
from chainrule.native.translation import translates


@translates("log_softmax")
def log_softmax(y: Tensor, x: Tensor, dim: int) -> Kernel | None:
    """y = log softmax x along one axis."""
    axes = reduce_axes(2, axes_of(x.select(dim, 0), y.select(dim, 0)), 2)
    if not can_compute_with(y, x) or axes is None:
        return None
    outer, inner = axes
    return Kernel(
        "log_softmax",
        [y, x],
        [
            *(outer.length, inner.length, x.shape[dim]),
            *(outer.strides[0], inner.strides[0], x.stride(dim)),
            *(outer.strides[1], inner.strides[1], y.stride(dim)),
        ],
        units=outer.length * inner.length,
        writes=[whole(y)],
        reads=[whole(x)],
    )


@translates("gather")
def gather(y: Tensor, x: Tensor, dim: int, index: Tensor) -> Kernel | None:
    """y = x at one index of an axis, for each sample."""
    return _at_one_index("gather", y, x, index, dim, x)


@translates("scatter_add")
def scatter_add(y: Tensor, _: Tensor, dim: int, index: Tensor, a: Tensor) -> Kernel | None:
    """y += a at one index of an axis, for each sample."""
    return _at_one_index("scatter_add", y, a, index, dim, y)


def _at_one_index(
    function: str, y: Tensor, a: Tensor, index: Tensor, dim: int, indexed: Tensor
) -> Kernel | None:
    samples = [tensor.select(dim, 0) for tensor in (y, a, index)]
    if index.shape[dim] != 1 or any(s.shape != samples[0].shape for s in samples):
        return None
    axes = reduce_axes(2, axes_of(*samples), len(samples))
    if not can_compute_with(y, a) or not _is_index(index) or axes is None:
        return None
    outer, inner = axes
    strides = [n for pair in zip(outer.strides, inner.strides, strict=True) for n in pair]
    return Kernel(
        function,
        [y, a, index],
        [outer.length, inner.length, *strides, indexed.stride(dim), indexed.shape[dim]],
        units=outer.length * inner.length,
        writes=[whole(y)],
        reads=[whole(a), whole(index)],
    )


@translates("index_select")
def index_select(y: Tensor, x: Tensor, dim: int, index: Tensor) -> Kernel | None:
    """y = x[index], whole samples."""
    contiguous = y.is_contiguous() and x.is_contiguous() and index.is_contiguous()
    fits = dim == 0 and y.dtype == x.dtype and x.device.type == "cpu" and x.numel() > 0
    if not (contiguous and fits and _is_index(index)):
        return None
    length = x[0].numel()
    return Kernel(
        "index_select",
        [y, x, index],
        [length * x.itemsize, len(x)],
        units=len(index),
        writes=[by_unit(y, len(index), length, length)],
        reads=[whole(x), by_unit(index, len(index), 1, 1)],
    )


@translates("chainrule.look_up")
def look_up(y: Tensor, bytes: Tensor, values: Tensor, index: Tensor) -> Kernel | None:
    """y = values[bytes[index]], by channel."""
    contiguous = all(tensor.is_contiguous() for tensor in (y, bytes, values, index))
    if not (contiguous and can_compute_with(y, values) and _is_index(index)):
        return None
    length = bytes[0].numel()
    return Kernel(
        "look_up",
        [y, bytes, values, index],
        [length, len(bytes), len(values)],
        units=len(index),
        writes=[by_unit(y, len(index), length, length)],
        reads=[whole(bytes), whole(values), by_unit(index, len(index), 1, 1)],
    )


def _is_index(index: Tensor) -> bool:
    return index.dtype == torch.int64 and index.device.type == "cpu"
