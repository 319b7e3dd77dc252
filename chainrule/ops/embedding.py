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
    """Columns that hold codes of categories become rows of a table; numbers pass through.

    Row i of w is the vector of category i. y has the numbers first, in the order of x, then the
    vector of each column of codes: y = [numbers of x, w[code_1 + offset_1], w[code_2 + ...], ...].
    That is w times one-hot vectors, so dw of a row is the sum of the dy of all places where it was
    taken, and dx is dy for numbers and 0 for codes, whose small changes change nothing.
    Codes are whole numbers kept as floats, 0, 1, ..., exact up to 2^24 in float32; they are
    rounded. A code that has no row is refused by torch while it runs (IndexError).
    Settings:
        columns: places of the columns of codes in x.
        offsets: for each of these the row of w where its categories begin, so that columns can
            share a table (equal offsets) or have tables of their own, one below the other.
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
        taken = w.new_empty(codes.numel(), w.shape[-1])
        numbers, vectors = self._parts(x, y)
        calls += [
            partial(torch.index_select, w, 0, codes.view(-1), out=taken),
            partial(vectors.copy_, taken.view(vectors.shape)),
        ]
        calls.append(partial(torch.gather, x, -1, _everywhere(self._numbers(x), x), out=numbers))
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
            taken = dy.new_empty(codes.numel(), dw.shape[-1])
            calls += [
                partial(taken.view(vectors.shape).copy_, vectors),
                dw.zero_,
                partial(dw.index_add_, 0, codes.view(-1), taken),
            ]
        if dx is not None:
            places = _everywhere(self._numbers(x), x)
            calls += [dx.zero_, partial(dx.scatter_, -1, places, numbers)]
        return calls

    def _numbers(self, x: Tensor) -> Sequence[int]:
        """The places of the columns that hold no codes."""
        return [place for place in range(x.shape[-1]) if place not in self.columns]

    def _codes(self, x: Tensor) -> tuple[Tensor, Calls]:
        """A buffer (batch, codes) for the rows of w that x names, and what fills it."""
        chosen = x.new_empty(len(x), len(self.columns))
        rows = torch.empty_like(chosen, dtype=torch.int64)
        return rows, [
            partial(torch.gather, x, -1, _everywhere(self.columns, x), out=chosen),
            chosen.round_,
            partial(rows.copy_, chosen),
            partial(rows.add_, rows.new_tensor(self.offsets)),
        ]

    def _parts(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """y as its numbers (batch, numbers) and its vectors (batch, codes, dimensions)."""
        numbers = x.shape[-1] - len(self.columns)
        return y[:, :numbers], y[:, numbers:].view(len(y), len(self.columns), -1)


def _everywhere(places: Sequence[int], x: Tensor) -> Tensor:
    """Columns of x as torch.gather and scatter_ take them: the same ones for each sample."""
    # Both allocate nothing, in whatever order x lies; index_select copies x by columns first.
    return torch.tensor(places, dtype=torch.int64, device=x.device).expand(len(x), -1)


def _all_below(end: int, places: Sequence[int]) -> bool:
    return all(isinstance(place, int) and 0 <= place < end for place in places)
