"""Pooling: settings and shapes of max_pool and average_pool."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainrule.graph.operation import Sample
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops.parts.pictures import check_pictures
from chainrule.ops.parts.windows import Pair, Windows, pair
from chainrule.ranges import invalid_setting

SAMPLES = {"x": Sample((BATCH, 5, 6, "features"))}
SETTINGS: Sequence[Mapping[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2, "padding": 1},
    {"kernel": (2, 3), "stride": (2, 1), "padding": (0, 1)},
]


@dataclass(frozen=True)
class Pooling:
    """Base of operations that reduce each window to one number, channel by channel.

    Settings, each one number or a pair (height, width):
        kernel: rows and columns of a window.
        stride: from one window to the next.
        padding: how far windows reach beyond the picture; at most half of the kernel, so that each
            window contains some of it.
    Raises:
        InputError: a setting is out of its range.
    """

    kernel: int | Pair
    stride: int | Pair
    padding: int | Pair = 0

    def __post_init__(self) -> None:
        kernel, _, padding = self.pairs
        if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
            expected = f"at most half of the kernel {self.kernel}, or windows miss the picture"
            raise invalid_setting(self, "padding", expected)

    @property
    def pairs(self) -> tuple[Pair, Pair, Pair]:
        """Kernel, stride and padding, each for (height, width)."""
        owner = type(self).__name__
        return (
            pair(owner, "kernel", self.kernel),
            pair(owner, "stride", self.stride),
            pair(owner, "padding", self.padding, minimum=0),
        )

    def shape(self, x: Shape) -> Shape:
        check_pictures("pooling", x)
        return (BATCH, *Windows(*self.pairs).count("pooling", x), x[-1])

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        if name == "indices":
            return 0  # computed together with y
        kernel, _, _ = self.pairs
        return math.prod(kernel) * math.prod(shapes["y" if "y" in shapes else "dy"])
