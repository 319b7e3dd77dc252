"""Elementwise calls of torch: y = f(a, b, c), each element by itself, with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from chainrule.native.axes import Axis, axes_of, by_row, reduce_axes
from chainrule.native.kernel import Access, Kernel, by_unit, can_compute_with
from chainrule.native.translation import TRANSLATIONS, translates

Operand = Tensor | float

MAX_OPERANDS = 3

# Functions without settings; kernels.c has their formulas.
PLAIN = (
    "neg",
    "exp",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "sigmoid",
    "tanh",
    "mul",
    "div",
    "sigmoid_backward",
    "tanh_backward",
)


def elementwise(
    function: str, y: Tensor, *operands: Operand, scalars: Sequence[float] = ()
) -> Kernel | None:
    """Return the kernel of y = f(operands), or None if it needs more axes than the kernel has."""
    inputs = [o if isinstance(o, Tensor) else torch.tensor(float(o)) for o in operands]
    if not can_compute_with(y, *inputs):
        return None
    tensors = [y, *(tensor.expand_as(y) for tensor in inputs)]
    axes = reduce_axes(3, axes_of(*tensors), len(tensors))
    if axes is None:
        return None
    blocks, rows, columns = axes
    missing = MAX_OPERANDS - len(inputs)  # the unused operands are y with strides of 0
    accesses = [_access(tensor, i, axes) for i, tensor in enumerate(tensors)]
    units = blocks.length * rows.length
    return Kernel(
        f"each_{function}",
        [*tensors, *[y] * missing],
        [axis.length for axis in axes]
        + [n for axis in axes for n in (*axis.strides, *[0] * missing)],
        units=units if units > 1 else columns.length,
        writes=accesses[:1],
        reads=accesses[1:],
        scalars=scalars,
    )


def _access(tensor: Tensor, index: int, axes: Sequence[Axis]) -> Access:
    blocks, rows, columns = axes
    if blocks.length * rows.length == 1:
        return by_unit(tensor, columns.length, columns.strides[index], 1)
    length = 1 + (columns.length - 1) * columns.strides[index]
    return by_row(tensor, index, blocks, rows, length)


for _name in PLAIN:
    TRANSLATIONS[_name] = partial(elementwise, _name)


@translates("copy")
def copy(y: Tensor, _: Tensor, a: Tensor) -> Kernel | None:
    """y = a."""
    return elementwise("copy", y, a)


@translates("zero")
def zero(y: Tensor, _: Tensor) -> Kernel | None:
    """y = 0."""
    return elementwise("fill", y, scalars=(0.0,))


@translates("clamp_min")
def clamp_min(y: Tensor, a: Tensor, minimum: float) -> Kernel | None:
    """y = max(a, minimum)."""
    return elementwise("clamp_min", y, a, scalars=(minimum,))


@translates("threshold_backward")
def threshold_backward(y: Tensor, dy: Tensor, a: Tensor, threshold: float) -> Kernel | None:
    """y = dy where a > threshold, else 0."""
    return elementwise("threshold_backward", y, dy, a, scalars=(threshold,))


@translates("add")
def add(y: Tensor, a: Operand, b: Operand, alpha: float = 1.0) -> Kernel | None:
    """y = a + alpha b."""
    return elementwise("add", y, a, b, scalars=(alpha,))


@translates("sub")
def sub(y: Tensor, a: Operand, b: Operand, alpha: float = 1.0) -> Kernel | None:
    """y = a - alpha b."""
    return elementwise("add", y, a, b, scalars=(-alpha,))


@translates("addcmul")
def addcmul(y: Tensor, a: Tensor, b: Tensor, c: Tensor, value: float = 1.0) -> Kernel | None:
    """y = a + value b c."""
    return elementwise("addcmul", y, a, b, c, scalars=(value,))


@translates("lerp")
def lerp(y: Tensor, a: Tensor, b: Tensor, weight: Operand) -> Kernel | None:
    """y = a + weight (b - a)."""
    return elementwise("lerp", y, a, b, weight)
