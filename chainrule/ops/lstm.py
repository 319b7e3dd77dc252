"""Long short-term memory: cells whose gates control what they store, output and forget."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, Workspace, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.members import for_each_member
from chainrule.ops.parts.recurrence import (
    AXES,
    SETTINGS,
    Recurrence,
    check_sequences,
    gradient_of_state_weights,
    gradients_of_inputs,
    samples,
    sigmoid_backward,
    sums_of_inputs,
    tanh_backward,
    time_first,
)

GATES = 4


@op(
    "lstm",
    layout="columns",
    workspace={
        "gates": Workspace("y", times=GATES),
        "cells": "y",
        "squashed": "y",
        "dz": Workspace("y", times=GATES),
        "dh": "y",
        "dc": "y",
    },
    in_place={"dh": ("dy",)},
    samples=samples(GATES),
    settings=SETTINGS,
)
class Lstm(Recurrence):
    """Cells c_t = f c_(t-1) + i g, states h_t = o tanh c_t, from c_0 = h_0 = 0; y is all states.

    z_t = W_x x_t + W_h h_(t-1) + b has a block of rows for each of output gate, input gate, forget
    gate and candidate: o, i, f are the sigmoids of their blocks, g is the tanh of its block. In
    this order, unlike torch's i, f, g, o, the sigmoids are one block, and so are the three that act
    through the cell.
    Backwards, with tanh c_t = s:
        dh_t = dy_t + W_h^T dz_(t+1)
        dc_t = dh_t o (1 - s^2) + f_(t+1) dc_(t+1)
        dz_t = (dh_t s o (1 - o), dc_t g i (1 - i), dc_t c_(t-1) f (1 - f), dc_t i (1 - g^2)).
    From cell to cell the gradient is multiplied by f alone: where that is 1 it doesn't fade.
    The factors of dh and dc are computed for all steps at once, into dc and dz.
    Settings: see `Recurrence`; where no gradient passes back, none passes between cells either.
    Shapes: x (batch, time, inputs), w_x (4 units, inputs), w_h (4 units, units), b (4 units,),
    y (batch, time, units). Keeps x, w_x, w_h, y, the gates, the cells and their tanh.
    Sources: Hochreiter & Schmidhuber (1997), Long short-term memory; the forget gate: Gers,
    Schmidhuber & Cummins (2000), Learning to forget: continual prediction with LSTM; backward and
    truncate as for rnn.
    """

    def shape(self, x: Shape, w_x: Shape, w_h: Shape, b: Shape) -> Shape:
        return check_sequences("lstm", GATES, x, w_x, w_h, b)

    def reference(self, x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor) -> Tensor:
        h = c = x.new_zeros(len(x), w_h.shape[1])
        states = []
        for chunk in self.chunks(x.shape[1]):
            h, c = h.detach(), c.detach()
            for t in chunk:
                o, i, f, g = (x[:, t] @ w_x.T + h @ w_h.T + b).chunk(GATES, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                states.append(h)
        return torch.stack(states, 1)

    def forward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        b: Tensor,
        gates: Tensor,
        cells: Tensor,
        squashed: Tensor,
        y: Tensor,
    ) -> Calls:
        return for_each_member(AXES, _forward, x, w_x, w_h, b, gates, cells, squashed, y)

    def backward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        gates: Tensor,
        cells: Tensor,
        squashed: Tensor,
        y: Tensor,
        dy: Tensor,
        dz: Tensor,
        dh: Tensor,
        dc: Tensor,
        dx: Tensor | None,
        dw_x: Tensor | None,
        dw_h: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        through_time = for_each_member(
            AXES, self._through_time, dy, w_h, gates, cells, squashed, dz, dh, dc
        )
        to_weights = for_each_member(AXES, _to_weights, x, w_x, y, dz, dx, dw_x, dw_h, db)
        return through_time + to_weights

    def _through_time(
        self,
        dy: Tensor,
        w_h: Tensor,
        gates: Tensor,
        cells: Tensor,
        squashed: Tensor,
        dz: Tensor,
        dh: Tensor,
        dc: Tensor,
    ) -> Calls:
        """Return the kernels that fill dz, the gradient by the weighted sums."""
        dy, gates, cells, squashed, dz, dh, dc = map(
            time_first, (dy, gates, cells, squashed, dz, dh, dc)
        )
        forget = _gates_of(gates)[2]
        dz_out, dz_to_cell = torch.unflatten(dz, 1, (GATES, -1)).tensor_split((1,), 1)
        calls = _local_derivatives(gates, cells, squashed, dz, dc)
        for chunk in self.chunks(len(dy)):
            for t in reversed(chunk):
                if t == chunk[-1]:
                    calls += [partial(dh[t].copy_, dy[t]), partial(dc[t].mul_, dh[t])]
                else:
                    calls += [
                        partial(torch.addmm, dy[t], w_h.mT, dz[t + 1], out=dh[t]),
                        partial(dc[t].mul_, dh[t]),
                        partial(dc[t].addcmul_, forget[t + 1], dc[t + 1]),
                    ]
                calls += [partial(dz_out[t].mul_, dh[t]), partial(dz_to_cell[t].mul_, dc[t])]
        return calls


def _forward(
    x: Tensor,
    w_x: Tensor,
    w_h: Tensor,
    b: Tensor,
    gates: Tensor,
    cells: Tensor,
    squashed: Tensor,
    y: Tensor,
) -> Calls:
    x, gates, cells, squashed, states = map(time_first, (x, gates, cells, squashed, y))
    calls = sums_of_inputs(x, w_x, b, gates)
    h_before = c_before = torch.zeros_like(states[0])
    for z, c, s, h in zip(gates, cells, squashed, states, strict=True):
        o, i, f, g = z.unflatten(0, (GATES, -1))
        sigmoid_gates = z[: -len(g)]
        calls += [
            partial(torch.addmm, z, w_h, h_before, out=z),
            partial(torch.sigmoid, sigmoid_gates, out=sigmoid_gates),
            partial(torch.tanh, g, out=g),
            partial(torch.mul, i, g, out=c),
            partial(c.addcmul_, f, c_before),
            partial(torch.tanh, c, out=s),
            partial(torch.mul, o, s, out=h),
        ]
        h_before, c_before = h, c
    return calls


def _local_derivatives(
    gates: Tensor, cells: Tensor, squashed: Tensor, dz: Tensor, dc: Tensor
) -> Calls:
    """Compute the factors of dh and dc in all steps: into dz for each gate, into dc for the cell.

    Before the first step the cells are 0.
    """
    o, i, f, g = _gates_of(gates)
    by_o, by_i, by_f, by_g = _gates_of(dz)
    return [
        partial(sigmoid_backward, squashed, o, grad_input=by_o),
        partial(sigmoid_backward, g, i, grad_input=by_i),
        partial(by_f[0].zero_),
        partial(sigmoid_backward, cells[:-1], f[1:], grad_input=by_f[1:]),
        partial(tanh_backward, i, g, grad_input=by_g),
        partial(tanh_backward, o, squashed, grad_input=dc),
    ]


def _to_weights(
    x: Tensor,
    w_x: Tensor,
    y: Tensor,
    dz: Tensor,
    dx: Tensor | None,
    dw_x: Tensor | None,
    dw_h: Tensor | None,
    db: Tensor | None,
) -> Calls:
    x, h, dz = map(time_first, (x, y, dz))
    calls = gradient_of_state_weights(h, dz, dw_h)
    return calls + gradients_of_inputs(x, w_x, dz, dx, dw_x, db)


def _gates_of(z: Tensor) -> tuple[Tensor, ...]:
    """Split (time, 4 units, batch) into the blocks of output, input, forget and candidate."""
    return z.chunk(GATES, 1)
