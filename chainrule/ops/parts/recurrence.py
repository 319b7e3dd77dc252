"""Recurrence: what the recurrent operations share, from how they see time to their products.

Each step t makes a state h_t of the input x_t and of the state before it, always by the same
weights. What does not depend on the state, W_x x_t + b, is computed for all steps at once, and so
is everything in the chain rule but the way of the gradient from state to state. Only what is left
walks from step to step.
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

# To test truncation as everything else is tested, it may not truncate anything: what it gives is
# no derivative of the whole. tests/ops/test_recurrent.py holds it against what it should be.
_STEPS, _UNITS = 4, 3
SETTINGS: Sequence[Mapping[str, Any]] = [{}, {"truncate": _STEPS}]

sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
tanh_backward = torch.ops.aten.tanh_backward.grad_input


def samples(gates: int) -> dict[str, Sample]:
    """What the inputs of a recurrent operation with so many gates look like."""
    return {
        "x": Sample((BATCH, _STEPS, "inputs"), "weight"),
        "w_x": Sample((gates * _UNITS, "inputs"), "weight"),
        "w_h": Sample((gates * _UNITS, _UNITS), "weight"),
        "b": Sample((gates * _UNITS,), "weight"),
    }


@dataclass(frozen=True)
class Recurrence:
    """The setting that all of them have, and the work that they do.

    Settings:
        truncate: steps of a chunk; None for one chunk of all steps. The state goes on from chunk
            to chunk, but no gradient passes back from the first step of a chunk to the step
            before it: there the state counts as given, like an input. So from a step the gradient
            goes back to the beginning of its chunk, which is 0 to truncate - 1 steps.
    """

    truncate: Truncate = None

    def __post_init__(self) -> None:
        check_settings(self)

    def chunks(self, steps: int) -> Iterator[range]:
        """The steps of each chunk; the last one may have fewer."""
        length = self.truncate or steps
        for first in range(0, steps, length):
            yield range(first, min(first + length, steps))

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        """Products of matrices, 2 operations a weight and step; an operation an element else."""
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
    """The shape of the states, (batch, time, units).

    Raises:
        InputError: x is no batch of sequences, or the weights are not those of so many gates.
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


def by_time(sequences: Tensor) -> Tensor:
    """(batch, time, features) seen as (time, features, batch); moves no number.

    So each step is a matrix with a sample a column, Z = W X + b. Of what lies in memory by columns
    it is one block, and a gate, some of its rows, is one too.
    """
    return sequences.movedim(0, -1)


def sums_of_inputs(x: Tensor, w_x: Tensor, b: Tensor, z: Tensor) -> Calls:
    """z = W_x x + b in all steps.

    Args:
        x: (time, inputs, batch).
        w_x: (rows, inputs).
        b: (rows,).
        z: (time, rows, batch), is written.
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
    """The chain rule of `sums_of_inputs`: each weight's gradient sums over batch and steps."""
    calls: Calls = []
    if dw_x is not None:
        calls.append(partial(torch.addbmm, dw_x, dz, x.mT, beta=0, out=dw_x))
    if db is not None:
        calls.append(partial(torch.sum, dz, (0, -1), out=db))
    if dx is not None:
        calls.append(partial(torch.bmm, w_x.mT.expand(len(x), -1, -1), dz, out=by_time(dx)))
    return calls


def gradient_of_state_weights(h: Tensor, dz: Tensor, dw_h: Tensor | None) -> Calls:
    """dW_h, the sum of dz_t h_(t-1)^T over the steps; the first one has h = 0 before it.

    Args:
        h: (time, units, batch).
        dz: (time, rows, batch).
        dw_h: (rows, units), is written.
    """
    if dw_h is None:
        return []
    return [partial(torch.addbmm, dw_h, dz[1:], h[:-1].mT, beta=0, out=dw_h)]
