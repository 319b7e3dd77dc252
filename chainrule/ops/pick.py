"""Pick: one index of an axis, such as the last step of a sequence."""

from functools import partial
from typing import Annotated

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ranges import Range, check_settings


@op(
    "pick",
    samples={"x": Sample((BATCH, 4, "features"))},
    settings=[{}, {"index": 1}, {"axis": -1, "index": 0}],
)
class Pick:
    """The slice at one index of an axis: y = x[index], so dx is dy there and 0 elsewhere.

    Settings:
        axis: counted from the end, so negative; not that of the batch.
        index: negative ones are counted from the end.
    Shapes: x (batch, ...), y the same without the axis.
    """

    axis: Annotated[int, Range(below=0, whole=True)] = -2
    index: int = -1

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape) -> Shape:
        axis = len(x) + self.axis
        if x[:1] != (BATCH,) or axis < 1:
            raise InputError(
                f"pick got x {show(x)} for axis {self.axis}; expected a batch of samples that have "
                "this axis."
            )
        length = int(x[axis])
        if not -length <= self.index < length:
            raise InputError(
                f"pick got x {show(x)}, whose axis {self.axis} has no index {self.index}; expected "
                f"one from {-length} to {length - 1}."
            )
        return (*x[:axis], *x[axis + 1 :])

    def reference(self, x: Tensor) -> Tensor:
        return x.select(self.axis, self.index)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(y.copy_, x.select(self.axis, self.index))]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.zero_, dx), partial(dx.select(self.axis, self.index).copy_, dy)]
