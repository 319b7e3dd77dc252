"""Softmax: scores become probabilities of classes."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.activation import activation


@activation(initialiser="xavier")
@op("softmax")
class Softmax:
    """Probabilities over the classes: y_i = exp(x_i) / sum_j exp(x_j) for each sample.

    dy_i/dx_j = y_i (1 if i = j else 0) - y_i y_j, so dx = y (dy - sum of dy y over the classes).
    The largest score is subtracted before exp, which changes nothing and cannot overflow.
    Shapes: x and y (batch, classes). Keeps y. Source: Bridle (1990), Probabilistic interpretation
    of feedforward classification network outputs, section 3.
    """

    def shape(self, x: Shape) -> Shape:
        return check_scores("softmax", x)

    def reference(self, x: Tensor) -> Tensor:
        return torch.softmax(x, -1)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        (x, y), axis = in_memory_order(x, y)
        return [partial(torch.softmax, x, axis, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        dy, calls = match_layout(y, dy)
        (y, dy, dx), axis = in_memory_order(y, dy, dx)
        kernel = torch.ops.aten._softmax_backward_data.out
        return [*calls, partial(kernel, dy, y, axis, y.dtype, grad_input=dx)]


def check_scores(operation: str, x: Shape) -> Shape:
    """Check that x is a batch of class scores and return its shape.

    Raises:
        InputError: it is not.
    """
    if len(x) != 2 or x[0] != BATCH:
        raise InputError(
            f"{operation} got a value of shape {show(x)}; expected scores (batch, classes)."
        )
    return x


def match_layout(like: Tensor, dy: Tensor) -> tuple[Tensor, Calls]:
    """Return dy in the memory layout of another tensor, and the calls that fill it.

    They differ after an addition of values by rows and by columns. The result then is a copy, since
    a kernel that needs one layout for all tensors would allocate a copy in each call.
    """
    if dy.stride() == like.stride():
        return dy, []
    copy = torch.empty_like(like)
    return copy, [partial(copy.copy_, dy)]


def in_memory_order(*tensors: Tensor) -> tuple[tuple[Tensor, ...], int]:
    """Transpose tensors (batch, classes) into memory order; return them and the axis of classes.

    By columns, many samples are computed at once in vector registers: 8 times as fast for 512
    samples of ten classes as one sample after the other.
    """
    if tensors[0].is_contiguous():
        return tensors, -1
    return tuple(tensor.mT for tensor in tensors), -2
