"""Recurrence: the common parts of the recurrent operations: settings, layout and products.

Each step t computes a state h_t from the input x_t and the state before it, always with the same
weights. W_x x_t + b, which does not depend on the state, is computed for all steps at once, and so
is everything in the chain rule except the gradient from state to state. Only the rest is computed
step by step.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ranges import Range, check_settings

# Steps of a chunk of truncated backpropagation through time; None for one chunk of all steps.
Truncate = Annotated[int | None, Range(1, whole=True, example=16)]

AXES = 3  # batch, time, features

# Settings of the general tests may not truncate anything, since a truncated gradient is not the
# derivative of the whole; tests/ops/test_recurrent.py compares it with its definition.
_STEPS, _UNITS = 4, 3
SETTINGS: Sequence[Mapping[str, Any]] = [{}, {"truncate": _STEPS}]

sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
tanh_backward = torch.ops.aten.tanh_backward.grad_input


def samples(gates: int) -> dict[str, Sample]:
    """Describe the inputs of a recurrent operation with a number of gates."""
    return {
        "x": Sample((BATCH, _STEPS, "inputs"), "weight"),
        "w_x": Sample((gates * _UNITS, "inputs"), "weight"),
        "w_h": Sample((gates * _UNITS, _UNITS), "weight"),
        "b": Sample((gates * _UNITS,), "weight"),
    }


@dataclass(frozen=True)
class Recurrence:
    """Base of the recurrent operations: their common setting and floating-point operations.

    Settings:
        truncate: steps of a chunk; None for one chunk of all steps. The state passes from chunk to
            chunk, but no gradient passes back from the first step of a chunk to the step before it:
            there the state is a constant, like an input. So from a step the gradient goes back to
            the beginning of its chunk, which is 0 to truncate - 1 steps.
    """

    truncate: Truncate = None

    def __post_init__(self) -> None:
        check_settings(self)

    def chunks(self, steps: int) -> Iterator[range]:
        """Yield the steps of each chunk; the last one may have fewer."""
        length = self.truncate or steps
        for first in range(0, steps, length):
            yield range(first, min(first + length, steps))

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        """Count 2 operations per weight and step of a matrix product, else one per element."""
        steps = math.prod(shapes["x"][-AXES:-1])
        by_inputs, by_states = (2 * steps * math.prod(shapes[w][-2:]) for w in ("w_x", "w_h"))
        products = {
            "y": by_inputs + by_states,
            "dz": by_states,
            "dw_h": by_states,
            "dw_x": by_inputs,
            "dx": by_inputs,
        }
        return products.get(name) or math.prod(shapes[name])


def check_sequences(
    operation: str, gates: int, x: Shape, w_x: Shape, w_h: Shape, b: Shape
) -> Shape:
    """Check the shapes and return that of the states, (batch, time, units).

    Raises:
        InputError: x is not a batch of sequences, or the weights do not fit the number of gates.
    """
    units = w_h[-1] if w_h else 0
    rows = gates * units if isinstance(units, int) else 0
    fits = len(x) == AXES and x[0] == BATCH
    if not fits or (w_x, w_h, b) != ((rows, x[-1]), (rows, units), (rows,)):
        many = f"{gates} units" if gates > 1 else "units"
        raise InputError(
            f"{operation} got x {show(x)}, w_x {show(w_x)}, w_h {show(w_h)}, b {show(b)}; expected "
            f"sequences x (batch, time, inputs), w_x ({many}, inputs), w_h ({many}, units), "
            f"b ({many})."
        )
    return (BATCH, x[1], units)


def time_first(sequences: Tensor) -> Tensor:
    """View (batch, time, features) as (time, features, batch).

    So each step is a matrix with one sample per column, Z = W X + b. Of values by columns it is a
    contiguous block, and so are the rows of a gate.
    """
    return sequences.movedim(0, -1)


def sums_of_inputs(x: Tensor, w_x: Tensor, b: Tensor, z: Tensor) -> Calls:
    """Return the kernel of z = W_x x + b in all steps.

    Args:
        x: (time, inputs, batch).
        w_x: (rows, inputs).
        b: (rows,).
        z: (time, rows, batch), the result.
    """
    return [partial(torch.baddbmm, b.unsqueeze(-1), w_x.expand(len(x), -1, -1), x, out=z)]


def gradients_of_inputs(
    x: Tensor,
    w_x: Tensor,
    dz: Tensor,
    dx: Tensor | None,
    dw_x: Tensor | None,
    db: Tensor | None,
) -> Calls:
    """Return the chain rule of `sums_of_inputs`; weight gradients sum over batch and steps."""
    calls: Calls = []
    if dw_x is not None:
        calls.append(partial(torch.addbmm, dw_x, dz, x.mT, beta=0, out=dw_x))
    if db is not None:
        calls.append(partial(torch.sum, dz, (0, -1), out=db))
    if dx is not None:
        calls.append(partial(torch.bmm, w_x.mT.expand(len(x), -1, -1), dz, out=time_first(dx)))
    return calls


def gradient_of_state_weights(h: Tensor, dz: Tensor, dw_h: Tensor | None) -> Calls:
    """Return the kernel of dW_h, the sum of dz_t h_(t-1)^T over the steps; initially h = 0.

    Args:
        h: (time, units, batch).
        dz: (time, rows, batch).
        dw_h: (rows, units), the result.
    """
    if dw_h is None:
        return []
    return [partial(torch.addbmm, dw_h, dz[1:], h[:-1].mT, beta=0, out=dw_h)]
