"""Convolution is the sum over windows that its formula says, with every setting."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import OPERATIONS
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import Convolution, ConvolutionWithoutBias
from tests.ops.bound import Bound, Case, assert_close, check_against_reference, check_gradients

PICTURE: Shape = (BATCH, 5, 4, 6)
FILTERS: Shape = (8, 3, 2, 6)


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Case, dict[str, Tensor]]:
    """One with any settings, and inputs that fit it."""

    def number(least: int, most: int) -> int:
        return draw(st.integers(least, most))

    def either(least: int, most: int) -> int | tuple[int, int]:
        pairs = st.tuples(st.integers(least, most), st.integers(least, most))
        return draw(st.one_of(st.integers(least, most), pairs))

    chosen: dict[str, Any] = {
        "stride": either(1, 3),
        "padding": either(0, 2),
        "dilation": either(1, 2),
        "groups": number(1, 3),
    }
    kernel = (number(1, 3), number(1, 2))
    inputs, outputs = number(1, 2), number(1, 2) * chosen["groups"]
    generator = torch.Generator().manual_seed(number(0, 1000))

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x = drawn(number(1, 2), number(5, 6), number(3, 5), inputs * chosen["groups"])
    w, b = drawn(outputs, *kernel, inputs), drawn(outputs)
    return Case(OPERATIONS["convolution"], chosen), {"x": x, "w": w, "b": b}


@given(convolution=convolutions())
@settings(max_examples=60)
def test_it_is_the_sum_over_every_window(convolution: tuple[Case, dict[str, Tensor]]) -> None:
    case, inputs = convolution
    expected = by_the_formula(inputs, **case.settings)
    assert_close(Bound(case, inputs).run_forward(), expected, 1e-12)


@given(convolution=convolutions())
@settings(max_examples=10)
def test_with_any_settings_backward_is_the_derivative_of_forward(
    convolution: tuple[Case, dict[str, Tensor]],
) -> None:
    check_gradients(*convolution)


@given(convolution=convolutions())
@settings(max_examples=20)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_with_any_settings_gradients_equal_those_of_torch_autograd(
    dtype: torch.dtype, tolerance: float, convolution: tuple[Case, dict[str, Tensor]]
) -> None:
    case, inputs = convolution
    check_against_reference(case, {n: t.to(dtype) for n, t in inputs.items()}, tolerance)


@given(convolution=convolutions())
@settings(max_examples=20)
def test_without_bias_it_is_the_same_with_a_bias_of_zero(
    convolution: tuple[Case, dict[str, Tensor]],
) -> None:
    case, inputs = convolution
    inputs["b"].zero_()
    with_bias = Bound(case, inputs).run()
    without = Case(OPERATIONS["convolution_without_bias"], case.settings)
    for name, result in Bound(without, {n: inputs[n] for n in "xw"}).run().items():
        assert_close(result, with_bias[name], 1e-13, name)


def test_the_filter_is_laid_over_the_window_unturned() -> None:
    x = torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]]).unsqueeze(0)
    w = torch.tensor([[[1.0], [10.0]], [[100.0], [1000.0]]]).unsqueeze(0)
    y = Bound(
        Case(OPERATIONS["convolution"], {}), {"x": x, "w": w, "b": torch.ones(1)}
    ).run_forward()
    assert y.tolist() == [[[[1 + 1 + 20 + 300 + 4000]]]]


def test_as_many_groups_as_inputs_filter_each_channel_by_itself() -> None:
    x = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    w = torch.tensor([10.0, 100.0, 1000.0]).view(3, 1, 1, 1)
    case = Case(OPERATIONS["convolution"], {"groups": 3})
    y = Bound(case, {"x": x, "w": w, "b": torch.zeros(3)}).run_forward()
    assert y.tolist() == [[[[10, 200, 3000]]]]


def test_every_weight_is_multiplied_once_for_each_place_of_each_picture() -> None:
    operation = Convolution(groups=2)
    shapes = {"x": (10, 5, 4, 6), "w": (8, 3, 2, 3), "y": (10, 3, 3, 8)}
    assert operation.flops("y", **shapes) == 2 * 10 * (3 * 3) * (8 * 3 * 2 * 3)
    backward = {"x": shapes["x"], "w": shapes["w"], "dy": shapes["y"]}
    for name in ("dx", "dw"):
        assert operation.flops(name, **backward) == operation.flops("y", **shapes)
    assert operation.flops("db", **backward) == 10 * (3 * 3) * 8


MESSAGES: list[tuple[Convolution | ConvolutionWithoutBias, tuple[Shape, ...], str]] = [
    (
        Convolution(),
        ((BATCH, 5, 4), FILTERS, (8,)),
        "convolution got x (batch, 5, 4); expected pictures (batch, height, width, channels). "
        "Reshape x; a grey picture has 1 channel.",
    ),
    (
        Convolution(),
        (PICTURE, (8, 3, 6), (8,)),
        "convolution got w (8, 3, 6); expected filters (outputs, kernel height, kernel width, "
        "inputs / groups).",
    ),
    (
        ConvolutionWithoutBias(groups=3),
        (PICTURE, FILTERS),
        "convolution got x (batch, 5, 4, 6), w (8, 3, 2, 6) and groups 3; expected x with groups "
        "times as many channels as w has on its last axis, and a number of outputs that groups "
        "divides.",
    ),
    (
        ConvolutionWithoutBias(groups=3),
        (PICTURE, (8, 3, 2, 2)),
        "convolution got x (batch, 5, 4, 6), w (8, 3, 2, 2) and groups 3; expected x with groups "
        "times as many channels as w has on its last axis, and a number of outputs that groups "
        "divides.",
    ),
    (
        Convolution(),
        (PICTURE, FILTERS, (6,)),
        "convolution got w (8, 3, 2, 6), b (6); expected one bias for each output, b (8).",
    ),
    (
        Convolution(padding=(0, 1), dilation=(3, 1)),
        (PICTURE, FILTERS, (8,)),
        "convolution got x (batch, 5, 4, 6), 5 x 6 with its padding, for a kernel that reaches "
        "over 7 x 2; expected pictures at least as large. Use a smaller kernel, more padding, or "
        "fewer layers that shrink the picture.",
    ),
]


@pytest.mark.parametrize(("operation", "shapes", "message"), MESSAGES)
def test_a_shape_that_does_not_fit_is_named_with_what_was_expected(
    operation: Convolution | ConvolutionWithoutBias, shapes: tuple[Shape, ...], message: str
) -> None:
    with pytest.raises(InputError) as error:
        operation.shape(*shapes)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"stride": 0},
            "Convolution: got stride=0, expected a whole number of at least 1, or a pair (height, "
            "width) of them, such as stride=1.",
        ),
        (
            {"padding": (1, -1)},
            "Convolution: got padding=(1, -1), expected a whole number of at least 0, or a pair "
            "(height, width) of them, such as padding=0.",
        ),
        (
            {"dilation": (1, 1, 1)},
            "Convolution: got dilation=(1, 1, 1), expected a whole number of at least 1, or a pair "
            "(height, width) of them, such as dilation=1.",
        ),
        (
            {"groups": 0},
            "Convolution: got groups=0, expected a whole number of at least 1, such as groups=1.",
        ),
        (
            {"groups": 1.5},
            "Convolution: got groups=1.5, expected a whole number of at least 1, such as groups=1.",
        ),
    ],
    ids=str,
)
def test_a_setting_out_of_its_range_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        Convolution(**wrong)
    assert str(error.value) == message


def by_the_formula(
    inputs: dict[str, Tensor],
    *,
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
    groups: int,
) -> Tensor:
    """y by loops over places and outputs."""
    x, w, b = inputs["x"], inputs["w"], inputs["b"]
    (down, across), (top, left), (lower, further) = map(both, (stride, padding, dilation))
    batch, height, width, channels = x.shape
    outputs, rows, columns, seen = w.shape
    padded = x.new_zeros(batch, height + 2 * top, width + 2 * left, channels)
    padded[:, top : top + height, left : left + width] = x
    last_row = padded.shape[1] - lower * (rows - 1) - 1
    last_column = padded.shape[2] - further * (columns - 1) - 1
    y = x.new_empty(batch, last_row // down + 1, last_column // across + 1, outputs)
    for r, c, o in product(*map(range, y.shape[1:])):
        window = padded[:, [r * down + i * lower for i in range(rows)]]
        window = window[:, :, [c * across + j * further for j in range(columns)]]
        first = o // (outputs // groups) * seen  # channel of the group of output o
        y[:, r, c, o] = b[o] + (window[..., first : first + seen] * w[o]).sum((1, 2, 3))
    return y


def both(setting: int | tuple[int, int]) -> tuple[int, int]:
    return setting if isinstance(setting, tuple) else (setting, setting)


@pytest.mark.parametrize("stride", [2, (1, 3)])
def test_single_pixels_with_a_stride_have_the_gradients_of_torch(stride: Any) -> None:
    # Few channels: there a kernel of oneDNN would write beyond its memory and end the process.
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(4, 8, 8, 3, generator=draw)
    w = torch.randn(4, 1, 1, 3, generator=draw)
    operation = ConvolutionWithoutBias(stride)
    x64, w64 = (t.double().requires_grad_() for t in (x, w))
    y = operation.reference(x64, w64)
    dy = torch.randn(y.shape, generator=draw)
    expected = torch.autograd.grad(y, (x64, w64), dy.double())
    dx, dw = torch.full_like(x, math.nan), torch.full_like(w, math.nan)
    for _ in range(50):
        for call in operation.backward(x, w, dy, dx, dw):
            call()
    for ours, theirs in zip((dx, dw), expected, strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-5, atol=1e-5)
