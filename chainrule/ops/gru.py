"""The gated recurrent unit: gates keep or replace the state, unit by unit."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, Workspace, op
from chainrule.graph.shape import Shape, show
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

GATES = 3


@op(
    "gru",
    layout="columns",
    workspace={
        "gates": Workspace("y", times=GATES + 1),
        "dz": Workspace("y", times=GATES + 1),
        "dh": "y",
    },
    in_place={"dh": ("dy",)},
    samples=samples(GATES) | {"b_h": Sample((samples(GATES)["w_h"].axes[1],), "weight")},
    settings=SETTINGS,
)
class Gru(Recurrence):
    """States h_t = u h_(t-1) + (1 - u) n, from h_0 = 0; y is all of them.

    With reset gate r and update gate u, sigmoid each, of W_x x_t + b + W_h h_(t-1), the candidate
    is n = tanh(W_x x_t + b + r m) with m = W_h h_(t-1) + b_h, each with separate rows: the reset
    acts after the product, as in torch and cuDNN. In the paper's first version it acts before,
    W_h (r h_(t-1)), which is another network.
    The rows of w_x and b are those of r, u, n; of w_h those of m, r, u. So in `gates`, which has m,
    r, u, n, both products fill one block.
    Backwards:
        dh_t = dy_t + u_(t+1) dh_(t+1) + W_h^T (dm, dz_r, dz_u)_(t+1)
        dz_n = dh_t (1 - u) (1 - n^2)         dm   = dz_n r
        dz_u = dh_t (h_(t-1) - n) u (1 - u)   dz_r = dz_n m r (1 - r).
    All are products of dh and a factor, which is computed for all steps at once.
    Settings: see `Recurrence`.
    Shapes: x (batch, time, inputs), w_x (3 units, inputs), w_h (3 units, units), b (3 units,),
    b_h (units,), y (batch, time, units). Keeps x, w_x, w_h, y and the gates.
    Sources: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, section 2.3; backward and truncate as for rnn.
    """

    def shape(self, x: Shape, w_x: Shape, w_h: Shape, b: Shape, b_h: Shape) -> Shape:
        states = check_sequences("gru", GATES, x, w_x, w_h, b)
        if b_h != w_h[1:]:
            raise InputError(
                f"gru got w_h {show(w_h)}, b_h {show(b_h)}; expected a bias for each unit, "
                f"b_h {show(w_h[1:])}."
            )
        return states

    def reference(self, x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor, b_h: Tensor) -> Tensor:
        h = x.new_zeros(len(x), w_h.shape[1])
        states = []
        for chunk in self.chunks(x.shape[1]):
            h = h.detach()
            for t in chunk:
                x_r, x_u, x_n = (x[:, t] @ w_x.T + b).chunk(GATES, 1)
                h_n, h_r, h_u = (h @ w_h.T).chunk(GATES, 1)
                r, u = torch.sigmoid(x_r + h_r), torch.sigmoid(x_u + h_u)
                n = torch.tanh(x_n + r * (h_n + b_h))
                h = u * h + (1 - u) * n
                states.append(h)
        return torch.stack(states, 1)

    def forward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        b: Tensor,
        b_h: Tensor,
        gates: Tensor,
        y: Tensor,
    ) -> Calls:
        return for_each_member(AXES, _forward, x, w_x, w_h, b, b_h, gates, y)

    def backward(
        self,
        x: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        gates: Tensor,
        y: Tensor,
        dy: Tensor,
        dz: Tensor,
        dh: Tensor,
        dx: Tensor | None,
        dw_x: Tensor | None,
        dw_h: Tensor | None,
        db: Tensor | None,
        db_h: Tensor | None,
    ) -> Calls:
        through_time = for_each_member(AXES, self._through_time, dy, w_h, gates, y, dz, dh)
        to_weights = for_each_member(AXES, _to_weights, x, w_x, y, dz, dx, dw_x, dw_h, db, db_h)
        return through_time + to_weights

    def _through_time(
        self, dy: Tensor, w_h: Tensor, gates: Tensor, y: Tensor, dz: Tensor, dh: Tensor
    ) -> Calls:
        """Return the kernels that fill dz, the gradient by m and the weighted sums of r, u, n."""
        dy, gates, h, dz, dh = map(time_first, (dy, gates, y, dz, dh))
        update = _blocks_of(gates)[2]
        by_state = _rows_of_state(dz)
        calls = _local_derivatives(gates, h, dz)
        for chunk in self.chunks(len(dy)):
            for t in reversed(chunk):
                if t == chunk[-1]:
                    calls.append(partial(dh[t].copy_, dy[t]))
                else:
                    calls += [
                        partial(torch.addmm, dy[t], w_h.mT, by_state[t + 1], out=dh[t]),
                        partial(dh[t].addcmul_, update[t + 1], dh[t + 1]),
                    ]
                calls.append(partial(torch.unflatten(dz[t], 0, (GATES + 1, -1)).mul_, dh[t]))
        return calls


def _forward(
    x: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor, b_h: Tensor, gates: Tensor, y: Tensor
) -> Calls:
    x, gates, states = map(time_first, (x, gates, y))
    calls = sums_of_inputs(x, w_x, b, _rows_of_input(gates))
    calls.append(partial(_blocks_of(gates)[0].copy_, b_h.unsqueeze(-1)))
    before = torch.zeros_like(states[0])
    for z, h in zip(gates, states, strict=True):
        m, r, u, n = z.unflatten(0, (GATES + 1, -1))
        sigmoid_gates = z[len(m) : -len(n)]
        of_state = z[: -len(n)]
        # m has its bias already, r and u their weighted sums of the input.
        calls += [
            partial(torch.addmm, of_state, w_h, before, out=of_state),
            partial(torch.sigmoid, sigmoid_gates, out=sigmoid_gates),
            partial(n.addcmul_, r, m),
            partial(torch.tanh, n, out=n),
            partial(torch.lerp, n, before, u, out=h),
        ]
        before = h
    return calls


def _local_derivatives(gates: Tensor, h: Tensor, dz: Tensor) -> Calls:
    """Compute the factors of dh in all steps, into dz; before the first step h is 0."""
    m, r, u, n = _blocks_of(gates)
    by_m, by_r, by_u, by_n = _blocks_of(dz)
    return [
        partial(torch.sub, u.new_ones(()), u, out=by_n),
        partial(tanh_backward, by_n, n, grad_input=by_n),
        partial(torch.mul, by_n, r, out=by_m),
        partial(torch.mul, by_n, m, out=by_r),
        partial(sigmoid_backward, by_r, r, grad_input=by_r),
        partial(torch.neg, n[0], out=by_u[0]),
        partial(torch.sub, h[:-1], n[1:], out=by_u[1:]),
        partial(sigmoid_backward, by_u, u, grad_input=by_u),
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
    db_h: Tensor | None,
) -> Calls:
    x, h, dz = map(time_first, (x, y, dz))
    calls = gradient_of_state_weights(h, _rows_of_state(dz), dw_h)
    if db_h is not None:
        calls.append(partial(torch.sum, _blocks_of(dz)[0], (0, -1), out=db_h))
    return calls + gradients_of_inputs(x, w_x, _rows_of_input(dz), dx, dw_x, db)


def _blocks_of(z: Tensor) -> tuple[Tensor, ...]:
    """Split (time, 4 units, batch) into the blocks of m, reset, update and candidate."""
    return z.chunk(GATES + 1, 1)


def _rows_of_state(z: Tensor) -> Tensor:
    """Return the rows of m, reset and update, which W_h h fills."""
    return z[:, : -(z.shape[1] // (GATES + 1))]


def _rows_of_input(z: Tensor) -> Tensor:
    """Return the rows of reset, update and candidate, which W_x x fills."""
    return z[:, z.shape[1] // (GATES + 1) :]
