"""Grouped linear: a separate small matrix for each group of features."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.members import for_each_member


@op(
    "grouped_linear",
    layout="columns",
    samples={
        "x": Sample((BATCH, 6)),
        "w": Sample((2, "outputs", 3)),
        "b": Sample((2, "outputs")),
    },
)
class GroupedLinear:
    """y_g = W_g x_g + b_g for each group g of features: a linear layer with a block-diagonal W.

    As for linear, dX_g = W_g^T dY_g, dW_g = dY_g X_g^T and db_g sums dY_g over the samples, where
    each sample is a column of X_g and Y_g. All groups are computed in one call.
    Shapes: x (batch, groups x inputs), w (groups, outputs, inputs), b (groups, outputs),
    y (batch, groups x outputs). Keeps x and w.
    """

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        fits = len(w) == 3 and BATCH not in w and b == w[:2]
        if not fits or x != (BATCH, int(w[0]) * int(w[2])):
            raise InputError(
                f"grouped_linear got x {show(x)}, w {show(w)}, b {show(b)}; expected x (batch, "
                "groups x inputs), w (groups, outputs, inputs), b (groups, outputs)."
            )
        return (BATCH, int(w[0]) * int(w[1]))

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        groups, _, inputs = w.shape
        return (torch.einsum("bgi,goi->bgo", x.view(-1, groups, inputs), w) + b).flatten(1)

    def forward(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
        def bind(x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
            columns, result = _grouped(x, len(w)), _grouped(y, len(w))
            return [partial(torch.baddbmm, b.unsqueeze(-1), w, columns, out=result)]

        return for_each_member(2, bind, x, w, b, y)

    def backward(
        self,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        def bind(
            x: Tensor,
            w: Tensor,
            dy: Tensor,
            dx: Tensor | None,
            dw: Tensor | None,
            db: Tensor | None,
        ) -> Calls:
            groups = len(w)
            rows = _grouped(dy, groups)
            calls: Calls = []
            if db is not None:
                calls.append(partial(torch.sum, rows, -1, out=db))
            if dw is not None:
                calls.append(partial(torch.bmm, rows, _grouped(x, groups).mT, out=dw))
            if dx is not None:
                calls.append(partial(torch.bmm, w.mT, rows, out=_grouped(dx, groups)))
            return calls

        return for_each_member(2, bind, x, w, dy, dx, dw, db)

    def flops(self, name: str, x: tuple[int, ...], w: tuple[int, ...], **_: object) -> int:
        batch, (groups, outputs, inputs) = x[-2], w[-3:]
        is_product = name in ("y", "dw", "dx")
        return 2 * batch * groups * outputs * inputs if is_product else batch * groups * outputs


def _grouped(x: Tensor, groups: int) -> Tensor:
    """View x (batch, groups x features) as (groups, features, batch)."""
    return x.mT.view(groups, -1, len(x))
