"""Embedding: a learned vector for each category."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show


@op(
    "embedding",
    layout="rows",
    samples={
        "x": Sample((BATCH, 3), "code"),
        "w": Sample(("categories", "dimensions")),
    },
    settings=[
        {"columns": (1,), "offsets": (0,)},
        {"columns": (2, 0), "offsets": (0, 0)},
    ],
)
class Embedding:
    """Replaces columns of category codes by rows of a table; numbers pass through.

    Row i of w is the vector of category i. y has the numbers first, in the order of x, then the
    vector of each column of codes: y = [numbers of x, w[code_1 + offset_1], w[code_2 + ...], ...].
    That is w times one-hot vectors, so dw of a row is the sum of dy over all codes that select it,
    and dx is dy for numbers and 0 for codes.
    Codes are whole numbers stored as floats, 0, 1, ..., exact up to 2^24 in float32; they are
    rounded. torch raises IndexError for a code that has no row when the kernel runs.
    Settings:
        columns: indices of the columns of codes in x.
        offsets: for each of these the first row of its categories in w, so that columns can share a
            table (equal offsets) or have separate tables, stacked in w.
    Shapes: x (batch, features), w (categories, dimensions), y (batch, numbers + codes x
    dimensions). Keeps x. Source: Guo & Berkhahn (2016), Entity embeddings of categorical variables,
    section 3.
    """

    columns: tuple[int, ...]
    offsets: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.columns) != len(self.offsets) or not self.columns:
            raise InputError(
                f"embedding got columns {self.columns} and offsets {self.offsets}; expected at "
                "least one column, and an offset for each."
            )

    def shape(self, x: Shape, w: Shape) -> Shape:
        if len(x) != 2 or x[0] != BATCH or len(w) != 2 or BATCH in w:
            raise InputError(
                f"embedding got x {show(x)}, w {show(w)}; expected x (batch, features), "
                "w (categories, dimensions)."
            )
        features, (categories, dimensions) = int(x[1]), map(int, w)
        different = len({*self.columns}) == len(self.columns)
        if not (different and _all_below(features, self.columns)):
            raise InputError(
                f"embedding got columns {self.columns} for x {show(x)}; expected different ones "
                f"from 0 to {features - 1}."
            )
        if not _all_below(categories, self.offsets):
            raise InputError(
                f"embedding got offsets {self.offsets} for w {show(w)}; expected rows of w, from "
                f"0 to {categories - 1}."
            )
        return (BATCH, features + len(self.columns) * (dimensions - 1))

    def reference(self, x: Tensor, w: Tensor) -> Tensor:
        vectors = [
            w[x[:, column].round().long() + offset]
            for column, offset in zip(self.columns, self.offsets, strict=True)
        ]
        return torch.cat([x[:, self._numbers(x)], *vectors], 1)

    def forward(self, x: Tensor, w: Tensor, y: Tensor) -> Calls:
        if x.dim() > 2:
            members = zip(x.unbind(), w.unbind(), y.unbind(), strict=True)
            return [call for member in members for call in self.forward(*member)]
        codes, calls = self._codes(x)
        rows = w.new_empty(codes.numel(), w.shape[-1])
        numbers, vectors = self._parts(x, y)
        calls += [
            partial(torch.index_select, w, 0, codes.view(-1), out=rows),
            partial(vectors.copy_, rows.view(vectors.shape)),
        ]
        calls.append(
            partial(torch.gather, x, -1, _column_indices(self._numbers(x), x), out=numbers)
        )
        return calls

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None) -> Calls:
        if x.dim() > 2:
            return [
                call
                for member in range(len(x))
                for call in self.backward(
                    x[member],
                    dy[member],
                    None if dx is None else dx[member],
                    None if dw is None else dw[member],
                )
            ]
        numbers, vectors = self._parts(x, dy)
        calls: Calls = []
        if dw is not None:
            codes, calls = self._codes(x)
            rows = dy.new_empty(codes.numel(), dw.shape[-1])
            calls += [
                partial(rows.view(vectors.shape).copy_, vectors),
                dw.zero_,
                partial(dw.index_add_, 0, codes.view(-1), rows),
            ]
        if dx is not None:
            indices = _column_indices(self._numbers(x), x)
            calls += [dx.zero_, partial(dx.scatter_, -1, indices, numbers)]
        return calls

    def _numbers(self, x: Tensor) -> Sequence[int]:
        """Return the indices of the columns without codes."""
        return [column for column in range(x.shape[-1]) if column not in self.columns]

    def _codes(self, x: Tensor) -> tuple[Tensor, Calls]:
        """Return a buffer (batch, codes) for the rows of w that x selects, and calls to fill it."""
        chosen = x.new_empty(len(x), len(self.columns))
        rows = torch.empty_like(chosen, dtype=torch.int64)
        return rows, [
            partial(torch.gather, x, -1, _column_indices(self.columns, x), out=chosen),
            chosen.round_,
            partial(rows.copy_, chosen),
            partial(rows.add_, rows.new_tensor(self.offsets)),
        ]

    def _parts(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Split y into numbers (batch, numbers) and vectors (batch, codes, dimensions)."""
        numbers = x.shape[-1] - len(self.columns)
        return y[:, :numbers], y[:, numbers:].view(len(y), len(self.columns), -1)


def _column_indices(columns: Sequence[int], x: Tensor) -> Tensor:
    """Return columns of x as index of torch.gather and scatter_, the same for each sample."""
    # Both allocate nothing, whatever the layout of x; index_select would copy x by columns first.
    return torch.tensor(columns, dtype=torch.int64, device=x.device).expand(len(x), -1)


def _all_below(end: int, indices: Sequence[int]) -> bool:
    return all(isinstance(index, int) and 0 <= index < end for index in indices)
