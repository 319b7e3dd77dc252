"""Dropout: a random part of the features, new in each step, is set to 0."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.operation import OVER_X, Calls, Operation, Sample, op
from chainrule.graph.shape import Shape
from chainrule.ops.identity import Identity
from chainrule.ops.parts.members import for_each_member
from chainrule.ranges import Range, Share, check_settings

# Number of values of a draw, which has 16 bits. One 64-bit number gives four draws; that takes a
# fifth of the time of torch's bernoulli_, which draws 64 bits for each element.
DRAWS = 2**16


@op(
    "dropout",
    workspace={"mask": "x"},
    in_place=OVER_X,
    samples={"key": Sample((), "key")},
    settings=[{"rate": 0.5}, {"rate": 0.2, "name": "dropout_2"}],
)
class Dropout:
    """Each element is kept with probability 1 - rate, else 0: y = x mask, so dx = dy mask.

    The mask is 0 or 1 / (1 - rate): kept elements are scaled up, so that y has the mean of x and
    evaluation needs no scaling; there y = x ("inverted" dropout).
    The mask is a function of key and name alone, independent of memory layout and precision.
    Settings:
        rate: share of elements that are dropped, from 0 to less than 1, in steps of 1 / 65536; or
            one rate for each member.
        name: of the layer; two layers with one key have different masks.
    Shapes: x and y alike, (batch, ...), key (). Keeps the mask.
    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from
    overfitting, sections 4 and 10.
    """

    rate: Annotated[float | tuple[float, ...], Range(0, below=1, example=0.5)]
    name: str = "dropout"

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, key: Shape) -> Shape:
        return x

    def reference(self, x: Tensor, key: Tensor) -> Tensor:
        mask = torch.empty_like(x)
        for call in self._draw(key, mask):
            call()
        return x * mask

    def for_evaluation(self) -> Operation:
        return Identity()

    def forward(self, x: Tensor, key: Tensor, mask: Tensor, y: Tensor) -> Calls:
        return [*self._draw(key, mask), partial(torch.mul, x, mask, out=y)]

    def backward(self, mask: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else [partial(torch.mul, dy, mask, out=dx)]

    def _draw(self, key: Tensor, mask: Tensor) -> Calls:
        """Return the kernels that fill the mask by the key, for each member by its own key."""
        if key.dim() == 0:
            assert not isinstance(self.rate, tuple)
            return _draw_mask(self.name, _constant(self.rate), key, mask)
        rates = self.rate if isinstance(self.rate, tuple) else [self.rate] * len(key)
        members = zip(map(_constant, rates), key.unbind(), mask.unbind(), strict=True)
        return [call for member in members for call in _draw_mask(self.name, *member)]


@op(
    "scheduled_dropout",
    workspace={"mask": "x"},
    in_place=OVER_X,
    samples={"key": Sample((), "key"), "share": Sample((), "share")},
    settings=[{"rate": 0.5}, {"rate": 0.2, "name": "dropout_2"}],
)
class ScheduledDropout:
    """Dropout whose rate changes during training: each step has a share of the full rate.

    Otherwise as dropout: y = x mask with a mask of 0 or 1 / (1 - rate share).
    Settings:
        rate: the full rate, from 0 to less than 1.
        name: of the layer.
    Shapes: x and y alike, (batch, ...), key (), share () from 0 to 1. Keeps the mask.
    """

    rate: Share
    name: str = "dropout"

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape, key: Shape, share: Shape) -> Shape:
        return x

    def reference(self, x: Tensor, key: Tensor, share: Tensor) -> Tensor:
        return Dropout(self.rate * float(share), self.name).reference(x, key)

    def for_evaluation(self) -> Operation:
        return Identity()

    def forward(self, x: Tensor, key: Tensor, share: Tensor, mask: Tensor, y: Tensor) -> Calls:
        def bind(key: Tensor, share: Tensor, mask: Tensor) -> Calls:
            return _draw_mask(self.name, lambda: self.rate * float(share), key, mask)

        return [*for_each_member(0, bind, key, share, mask), partial(torch.mul, x, mask, out=y)]

    def backward(self, mask: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return Dropout(self.rate, self.name).backward(mask, dy, dx)


def _draw_mask(name: str, rate: Callable[[], float], key: Tensor, mask: Tensor) -> Calls:
    """Return the kernels that fill the mask of one network by the key, at the current rate."""
    words = key.new_empty(-(-mask.numel() // 4))
    # Drawn by columns, the layout in which dense layers write; by rows it costs a transposition.
    draws = words.view(torch.int16)[: mask.numel()].view(*mask.shape[1:], len(mask))
    limit, scale = draws.new_zeros(()), mask.new_zeros(())

    def draw() -> None:
        # At least one value of a draw is kept, or the scale would be infinite.
        dropped = min(round(rate() * DRAWS), DRAWS - 1)
        limit.fill_(dropped - DRAWS // 2)
        scale.fill_(DRAWS / (DRAWS - dropped))
        generator = randomness.generator(int(key), "dropout", name)
        words.random_(-(2**63), None, generator=generator)

    return [
        draw,
        partial(torch.ge, draws, limit, out=draws),
        partial(mask.copy_, draws.movedim(-1, 0)),
        partial(mask.mul_, scale),
    ]


def _constant(rate: float) -> Callable[[], float]:
    return lambda: rate
