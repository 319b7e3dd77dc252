"""Periodic: waves of learned frequencies, which distinguish numbers that are close together."""

import math
from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show

CYCLE = 2 * math.pi


@op(
    "periodic",
    layout="columns",
    workspace={"z": "y", "dz": "y"},
    samples={
        "x": Sample((BATCH, 3)),
        "w": Sample((2, "dimensions"), "weight"),
        "b": Sample((2, "dimensions")),
    },
    settings=[{"columns": (0, 2)}, {"columns": (2, 0)}],
)
class Periodic:
    """Each chosen feature x_i becomes n waves: y_ij = cos z_ij with z_ij = 2 pi w_ij x_i + b_ij.

    So dz = -dy sin z, db sums dz over the samples and dw sums 2 pi dz x; dx of a chosen feature is
    the sum of its 2 pi dz w, of the others 0. All features are computed in one call.
    Settings:
        columns: indices of the chosen features in x.
    Shapes: x (batch, features), w and b (columns, waves), y (batch, columns x waves), the waves of
    one feature next to each other. Keeps x, w and z.
    Source: Gorishniy, Rubachev & Babenko (2022), On embeddings for numerical features in tabular
    deep learning, section 3.3; with a phase in place of sine and cosine: Holzmüller, Grinsztajn &
    Steinwart (2024), Better by default: strong pre-tuned MLPs and boosted trees on tabular data,
    section 3, "PBLD".
    """

    columns: tuple[int, ...]

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        if len(x) != 2 or x[0] != BATCH or len(w) != 2 or BATCH in w or b != w:
            raise InputError(
                f"periodic got x {show(x)}, w {show(w)}, b {show(b)}; expected x (batch, "
                "features), w and b (columns, waves)."
            )
        features, (chosen, waves) = int(x[1]), map(int, w)
        within = all(isinstance(c, int) and 0 <= c < features for c in self.columns)
        if chosen != len(self.columns) or len({*self.columns}) != chosen or not within:
            raise InputError(
                f"periodic got columns {self.columns} for x {show(x)}, w {show(w)}; expected "
                f"different ones from 0 to {features - 1}, one for each row of w."
            )
        return (BATCH, chosen * waves)

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return torch.cos(CYCLE * w * x[:, self.columns, None] + b).flatten(1)

    def forward(self, x: Tensor, w: Tensor, b: Tensor, z: Tensor, y: Tensor) -> Calls:
        chosen, gather = self._chosen(x)
        waves = _by_feature(z, w)
        frequency, phase = w.unsqueeze(-3), b.unsqueeze(-3)
        return [
            *gather,
            partial(torch.addcmul, phase, chosen, frequency, value=CYCLE, out=waves),
            partial(torch.cos, z, out=y),
        ]

    def backward(
        self,
        x: Tensor,
        w: Tensor,
        z: Tensor,
        dz: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        by_feature = _by_feature(dz, w)
        calls: Calls = [
            partial(torch.sin, z, out=dz),
            partial(dz.mul_, dy),
            dz.neg_,
        ]
        if db is not None:
            calls.append(partial(torch.sum, by_feature, -3, out=db))
        if dx is not None:
            calls += self._into_features(by_feature, w, dx)
        if dw is not None:
            chosen, gather = self._chosen(x)
            calls += [
                *gather,
                partial(by_feature.mul_, chosen),
                partial(torch.sum, by_feature, -3, out=dw),
                partial(dw.mul_, dw.new_tensor(CYCLE)),
            ]
        return calls

    def _chosen(self, x: Tensor) -> tuple[Tensor, Calls]:
        """Return a buffer (batch, columns, 1) for the chosen features, and calls to fill it."""
        *lead, batch, _ = x.shape
        chosen = x.new_empty(*lead, len(self.columns), batch).mT
        return chosen.unsqueeze(-1), [partial(torch.gather, x, -1, self._indices(x), out=chosen)]

    def _into_features(self, dz: Tensor, w: Tensor, dx: Tensor) -> Calls:
        """Return the kernels of dx = 2 pi dz w, summed over the waves of each feature."""
        product = torch.empty_like(dz)
        total = dz.new_empty(dz.shape[:-1])
        return [
            partial(torch.mul, dz, w.unsqueeze(-3), out=product),
            partial(torch.sum, product, -1, out=total),
            partial(total.mul_, total.new_tensor(CYCLE)),
            dx.zero_,
            partial(dx.scatter_, -1, self._indices(dx), total),
        ]

    def _indices(self, x: Tensor) -> Tensor:
        """Return the columns as index of torch.gather and scatter_, the same for each sample."""
        indices = torch.tensor(self.columns, dtype=torch.int64, device=x.device)
        return indices.expand(*x.shape[:-1], -1)


def _by_feature(z: Tensor, w: Tensor) -> Tensor:
    """View values (batch, columns x waves) as (batch, columns, waves)."""
    return z.view(*z.shape[:-1], *w.shape[-2:])
