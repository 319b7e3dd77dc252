"""The simple recurrent network: a layer that reads its output of the previous step."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
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
    sums_of_inputs,
    tanh_backward,
    time_first,
)


@op(
    "rnn",
    layout="columns",
    workspace={"dz": "y"},
    in_place={"dz": ("dy",)},
    samples=samples(gates=1),
    settings=SETTINGS,
)
class Rnn(Recurrence):
    """States h_t = tanh z_t with z_t = W_x x_t + W_h h_(t-1) + b, from h_0 = 0; y is all of them.

    A state acts on the output and on the next step, so its gradient is the sum of both paths:
    dh_t = dy_t + W_h^T dz_(t+1), and dz_t = dh_t (1 - h_t^2), from the last step to the first.
    Back over k steps the gradient is multiplied k times by W_h^T: it fades or grows with k.
    Settings: see `Recurrence`.
    Shapes: x (batch, time, inputs), w_x (units, inputs), w_h (units, units), b (units,),
    y (batch, time, units). Keeps x, w_x, w_h and y.
    Sources: Elman (1990), Finding structure in time; backward: Werbos (1990), Backpropagation
    through time: what it does and how to do it; truncate: Williams & Peng (1990), An efficient
    gradient-based algorithm for on-line training of recurrent network trajectories.
    """

    def shape(self, x: Shape, w_x: Shape, w_h: Shape, b: Shape) -> Shape:
        return check_sequences("rnn", 1, x, w_x, w_h, b)

    def reference(self, x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor) -> Tensor:
        h = x.new_zeros(len(x), len(w_h))
        states = []
        for chunk in self.chunks(x.shape[1]):
            h = h.detach()
            for t in chunk:
                h = torch.tanh(x[:, t] @ w_x.T + h @ w_h.T + b)
                states.append(h)
        return torch.stack(states, 1)

    def forward(self, x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor, y: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, w_x, w_h, b, y)

    def backward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        y: Tensor,
        dy: Tensor,
        dz: Tensor,
        dx: Tensor | None,
        dw_x: Tensor | None,
        dw_h: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        return for_each_member(AXES, self._backward, x, w_x, w_h, y, dy, dz, dx, dw_x, dw_h, db)

    def _forward(self, x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor, y: Tensor) -> Calls:
        states = time_first(y)
        calls = sums_of_inputs(time_first(x), w_x, b, states)
        before = torch.zeros_like(states[0])
        for h in states:
            calls += [partial(torch.addmm, h, w_h, before, out=h), partial(torch.tanh, h, out=h)]
            before = h
        return calls

    def _backward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        y: Tensor,
        dy: Tensor,
        dz: Tensor,
        dx: Tensor | None,
        dw_x: Tensor | None,
        dw_h: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        x, h, dy, dz = map(time_first, (x, y, dy, dz))
        calls: Calls = []
        for chunk in self.chunks(len(h)):
            for t in reversed(chunk):
                dh = dy[t]
                if t != chunk[-1]:
                    calls.append(partial(torch.addmm, dh, w_h.mT, dz[t + 1], out=dz[t]))
                    dh = dz[t]
                calls.append(partial(tanh_backward, dh, h[t], grad_input=dz[t]))
        calls += gradient_of_state_weights(h, dz, dw_h)
        return calls + gradients_of_inputs(x, w_x, dz, dx, dw_x, db)
