"""Convolution: the same weighted sums at every position in a picture."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Sample, op
from chainrule.graph.shape import BATCH, Shape, show
from chainrule.ops.parts.members import for_each_member
from chainrule.ops.parts.per_feature import sum_by_feature
from chainrule.ops.parts.pictures import AXES, channels_first, check_pictures
from chainrule.ops.parts.windows import Pair, Windows, pair
from chainrule.ranges import Count, check_settings

SAMPLES = {
    "x": Sample((BATCH, 5, 6, "inputs")),
    "w": Sample(("outputs", 3, 2, "inputs")),
    "b": Sample(("outputs",)),
}
SETTINGS: Sequence[Mapping[str, Any]] = [
    {},
    {"stride": 2, "padding": 1},
    {"stride": (1, 2), "padding": (1, 0), "dilation": (2, 3)},
]
ALLOCATES = "torch's kernels for convolutions allocate their results"


@dataclass(frozen=True)
class _Filters:
    """Base of the convolutions with and without bias: settings, and torch's kernels.

    The results of these kernels are copied. Copying all windows into a buffer and multiplying it by
    the filters would need no copy of the results, but takes 1.6 times as long for 64 filters of
    3 x 3 over 128 pictures of 14 x 14 x 32.
    """

    stride: int | Pair = 1
    padding: int | Pair = 0
    dilation: int | Pair = 1
    groups: Count = 1

    def __post_init__(self) -> None:
        check_settings(self)
        _ = self._geometry  # refuses values that are not pairs

    def flops(self, name: str, w: tuple[int, ...], **shapes: tuple[int, ...]) -> int:
        outputs = math.prod(shapes["y" if "y" in shapes else "dy"])
        is_product = name in ("y", "dw", "dx")
        return 2 * outputs * math.prod(w[-3:]) if is_product else outputs

    @property
    def _geometry(self) -> tuple[Pair, Pair, Pair]:
        """Stride, padding and dilation, each for (height, width)."""
        return (
            pair("Convolution", "stride", self.stride),
            pair("Convolution", "padding", self.padding, minimum=0),
            pair("Convolution", "dilation", self.dilation),
        )

    def _shape(self, x: Shape, w: Shape) -> Shape:
        check_pictures("convolution", x)
        if len(w) != 4 or BATCH in w:
            raise InputError(
                f"convolution got w {show(w)}; expected filters (outputs, kernel height, "
                "kernel width, inputs / groups)."
            )
        outputs, height, width, inputs = map(int, w)
        if inputs * self.groups != x[-1] or outputs % self.groups:
            raise InputError(
                f"convolution got x {show(x)}, w {show(w)} and groups {self.groups}; expected x "
                "with groups times as many channels as w has on its last axis, and a number of "
                "outputs that groups divides."
            )
        windows = Windows((height, width), *self._geometry)
        return (BATCH, *windows.count("convolution", x), outputs)

    def _reference(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        x, w = channels_first(x), channels_first(w)
        settings = (self.stride, self.padding, self.dilation, self.groups)
        return torch.nn.functional.conv2d(x, w, b, *settings).movedim(-3, -1)

    def _forward(self, x: Tensor, w: Tensor, b: Tensor | None, y: Tensor) -> Calls:
        x, w, y = map(channels_first, (x, w, y))
        kernel = partial(torch.conv2d, x, w, b, *self._geometry, self.groups)
        return [partial(_copy_one, kernel, y)]

    def _skips_pixels(self, w: Tensor) -> bool:
        """Whether windows are single pixels, and the pixels between them are not read."""
        stride, padding, _ = self._geometry
        return w.shape[-2:] == (1, 1) and stride != (1, 1) and padding == (0, 0)

    def _backward(
        self,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        calls: Calls = []
        if db is not None:
            # A third of the time that db takes in oneDNN's kernel, with AVX2 on two threads.
            calls.append(sum_by_feature(dy, db))
        x, w, dy = map(channels_first, (x, w, dy))
        dx, dw = (g if g is None else channels_first(g) for g in (dx, dw))
        geometry = self._geometry
        if self._skips_pixels(w):
            # Equivalent to stride 1 on the pixels that are read. oneDNN's kernel for dw with a
            # stride writes beyond its memory here (torch 2.13, AVX2, fewer than 8 input channels).
            (down, across), *_ = geometry
            x, geometry = x[..., ::down, ::across], ((1, 1), (0, 0), (1, 1))
            if dx is not None:
                calls.append(dx.zero_)
                dx = dx[..., ::down, ::across]
        if dx is None and dw is None:
            return calls
        kernel = partial(
            torch.ops.aten.convolution_backward,
            *(dy, x, w),
            None,  # the shape of db, which is not computed here
            *geometry,
            *(False, (0, 0)),  # not transposed, and the output padding of transposed ones
            self.groups,
            [dx is not None, dw is not None, False],
        )
        return [*calls, partial(_copy_all, kernel, [dx, dw, None])]


@op("convolution", layout="rows", samples=SAMPLES, settings=SETTINGS, allocates=ALLOCATES)
class Convolution(_Filters):
    """Filters laid over every window of a picture, plus bias: y = w * x + b.

    Output o at row r, column c sums over the window that begins at row r stride - padding, column
    c stride - padding: y[r, c, o] = b[o] + sum over i, j, k of
    w[o, i, j, k] x[r stride - padding + i dilation, c stride - padding + j dilation, k], where x
    counts as 0 outside the picture. Strictly this is cross-correlation: the filter is not flipped.
    It is linear in x, in w and in b, so dw[o, i, j, k] sums dy times each x multiplied by the
    weight, dx of a pixel sums dy times each weight multiplied by the pixel, and db is the sum of dy
    over samples and positions.
    Settings, each one number or a pair (height, width):
        stride: from one window to the next.
        padding: zeros around the picture, on either side.
        dilation: from one element of a window to the next.
        groups: number of groups of channels. Output channels read only the input channels of the
            same group; as many groups as inputs make it depthwise.
    Shapes: x (batch, height, width, inputs), w (outputs, kernel height, kernel width,
    inputs / groups), b (outputs,), y (batch, height', width', outputs). Keeps x and w.
    Source: LeCun et al. (1998), Gradient-based learning applied to document recognition, section
    2.A; dilation: Yu & Koltun (2016), Multi-scale context aggregation by dilated convolutions;
    groups: Krizhevsky et al. (2012), ImageNet classification with deep convolutional neural
    networks, section 3.5.
    """

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        shape = self._shape(x, w)
        if b != w[:1]:
            raise InputError(
                f"convolution got w {show(w)}, b {show(b)}; expected one bias for each output, "
                f"b {show(w[:1])}."
            )
        return shape

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return self._reference(x, w, b)

    def forward(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, w, b, y)

    def backward(
        self,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        return for_each_member(AXES, self._backward, x, w, dy, dx, dw, db)


@op(
    "convolution_without_bias",
    layout="rows",
    samples={n: SAMPLES[n] for n in "xw"},
    settings=SETTINGS,
    allocates=ALLOCATES,
)
class ConvolutionWithoutBias(_Filters):
    """Convolution without bias: y = w * x, for use before an operation that subtracts the mean.

    Settings, shapes and sources as for convolution. Keeps x and w.
    """

    def shape(self, x: Shape, w: Shape) -> Shape:
        return self._shape(x, w)

    def reference(self, x: Tensor, w: Tensor) -> Tensor:
        return self._reference(x, w, None)

    def forward(self, x: Tensor, w: Tensor, y: Tensor) -> Calls:
        return for_each_member(AXES, self._forward, x, w, None, y)

    def backward(
        self, x: Tensor, w: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None
    ) -> Calls:
        return for_each_member(AXES, self._backward, x, w, dy, dx, dw, None)


def _copy_one(kernel: Callable[[], Tensor], buffer: Tensor) -> None:
    buffer.copy_(kernel())


def _copy_all(kernel: Callable[[], Sequence[Tensor]], buffers: Sequence[Tensor | None]) -> None:
    for result, buffer in zip(kernel(), buffers, strict=True):
        if buffer is not None:
            buffer.copy_(result)
