"""Pooling layers: what they compute, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, max_pool2d

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import (
    AveragePool2D,
    GlobalAveragePool,
    GlobalMaxPool,
    Layer,
    MaxPool2D,
)
from chainrule.plan import Parameters, compile_plan

Window = type[AveragePool2D] | type[MaxPool2D]
WINDOWS: list[Window] = [AveragePool2D, MaxPool2D]

# Each layer, and its definition over pictures (batch, channels, height, width).
DEFINITIONS: list[tuple[Layer, Callable[[Tensor], Tensor]]] = [
    (MaxPool2D(), lambda x: max_pool2d(x, 2)),
    (MaxPool2D((3, 2), stride=1), lambda x: max_pool2d(x, (3, 2), stride=1)),
    (MaxPool2D(3, 2, 1), lambda x: max_pool2d(x, 3, 2, 1)),
    (AveragePool2D(), lambda x: avg_pool2d(x, 2)),
    (AveragePool2D((3, 2), stride=1), lambda x: avg_pool2d(x, (3, 2), stride=1)),
    (AveragePool2D(3, 2, 1), lambda x: avg_pool2d(x, 3, 2, 1, count_include_pad=False)),
    (GlobalAveragePool(), lambda x: x.mean((2, 3))),
    (GlobalMaxPool(), lambda x: x.amax((2, 3))),
]


def evaluated(layer: Layer, x: Tensor) -> Tensor:
    graph = Graph()
    pixels = graph.input("x", (BATCH, *x.shape[1:]))
    graph.output("y", layer.build(graph, pixels, "layer"))
    parameters = Parameters.zeros(graph, x.dtype)
    plan = compile_plan(graph, parameters, batch_size=len(x), mode="evaluate")
    plan.inputs["x"].copy_(x)
    plan.forward()
    return plan.outputs["y"]


def pictures(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


every_layer = pytest.mark.parametrize(("layer", "definition"), DEFINITIONS)


@every_layer
def test_it_computes_what_it_is_called(
    layer: Layer, definition: Callable[[Tensor], Tensor]
) -> None:
    x = pictures(5, 7, 6, 4)
    expected = definition(x.movedim(-1, 1)).movedim(1, -1)
    torch.testing.assert_close(evaluated(layer, x), expected, rtol=1e-13, atol=1e-13)


@every_layer
def test_grey_pictures_have_one_channel(
    layer: Layer, definition: Callable[[Tensor], Tensor]
) -> None:
    x = pictures(5, 7, 6)
    expected = definition(x.unsqueeze(1)).movedim(1, -1)
    torch.testing.assert_close(evaluated(layer, x), expected, rtol=1e-13, atol=1e-13)


@every_layer
def test_what_is_no_picture_is_refused(
    layer: Layer, definition: Callable[[Tensor], Tensor]
) -> None:
    message = (
        f"layer, {layer}: got x (batch, 7); expected pictures (batch, height, width, channels) "
        "or, for grey ones, (batch, height, width). Put the layer before those that flatten; "
        "for the columns of a table use Dense."
    )
    with pytest.raises(InputError) as error:
        evaluated(layer, pictures(5, 7))
    assert str(error.value) == message


@pytest.mark.parametrize("window", WINDOWS)
def test_windows_lie_side_by_side_unless_a_stride_is_given(window: Window) -> None:
    x = pictures(5, 7, 6, 4)
    assert evaluated(window(3), x).equal(evaluated(window(3, stride=3), x))
    assert evaluated(window(3), x).shape == (5, 2, 2, 4)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_larger_than_the_picture_is_refused(window: Window) -> None:
    message = (
        f"layer, {window.__name__}(size=8): pooling got x (batch, 7, 6, 4), 7 x 6 with its "
        "padding, for a kernel that reaches over 8 x 8; expected pictures at least as large. Use "
        "a smaller kernel, more padding, or fewer layers that shrink the picture."
    )
    with pytest.raises(InputError) as error:
        evaluated(window(8), pictures(5, 7, 6, 4))
    assert str(error.value) == message


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_without_pixels_is_refused(window: Window) -> None:
    message = (
        f"{window.__name__}(size=0): {window.__name__.removesuffix('2D')}: got kernel=0, expected "
        "a whole number of at least 1, or a pair (height, width) of them, such as kernel=1."
    )
    with pytest.raises(InputError) as error:
        window(0)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        (MaxPool2D(), "MaxPool2D()"),
        (MaxPool2D(3, 2, 1), "MaxPool2D(size=3, stride=2, padding=1)"),
        (AveragePool2D((2, 1)), "AveragePool2D(size=(2, 1))"),
        (GlobalAveragePool(), "GlobalAveragePool()"),
        (GlobalMaxPool(), "GlobalMaxPool()"),
    ],
    ids=str,
)
def test_a_layer_shows_as_it_would_be_written(layer: Layer, written: str) -> None:
    assert repr(layer) == written
    assert eval(written) == layer
