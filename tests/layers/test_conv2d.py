"""Conv2D: what it computes, what it is called, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH, Shape
from chainrule.layers import Conv2D
from chainrule.layers.activations import initialiser_for
from chainrule.layers.initialisers import Gaussian, He, Zeros
from chainrule.plan import Parameters, compile_plan

PICTURES: Shape = (BATCH, 7, 6, 4)
FUNCTIONS: dict[str | None, Callable[[Tensor], Tensor]] = {
    None: lambda z: z,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": torch.nn.functional.gelu,
}


def output_shape(layer: Conv2D, x: Shape = PICTURES) -> Shape:
    graph = Graph()
    return layer.build(graph, graph.input("x", x), "layer").shape


def parameter_shapes(layer: Conv2D, x: Shape = PICTURES) -> dict[str, Shape]:
    graph = Graph()
    layer.build(graph, graph.input("x", x), "layer")
    return {name: value.shape for name, value in graph.parameters.items()}


def evaluated(layer: Conv2D, x: Tensor) -> tuple[Tensor, Parameters]:
    """The layer's output for those pictures, and its parameters, among them biases of 0.5."""
    graph = Graph()
    pixels = graph.input("x", (BATCH, *x.shape[1:]))
    graph.output("a", layer.build(graph, pixels, "layer"))
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    if layer.bias:
        parameters.values["layer.bias"].fill_(0.5)
    plan = compile_plan(graph, parameters, batch_size=len(x), mode="evaluate")
    plan.inputs["x"].copy_(x)
    plan.forward()
    return plan.outputs["a"], parameters


def pictures(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", FUNCTIONS)
def test_it_is_the_activation_of_the_convolution(activation: str | None, bias: bool) -> None:
    layer = Conv2D(8, (3, 5), activation, stride=2, dilation=(3, 1), groups=2, bias=bias)
    x = pictures(5, 7, 6, 4)
    a, parameters = evaluated(layer, x)
    z = torch.nn.functional.conv2d(
        x.permute(0, 3, 1, 2),
        parameters.values["layer.weights"].permute(0, 3, 1, 2),
        parameters.values["layer.bias"] if bias else None,
        stride=2,
        padding=(3, 2),
        dilation=(3, 1),
        groups=2,
    )
    expected = FUNCTIONS[activation](z).permute(0, 2, 3, 1)
    torch.testing.assert_close(a, expected, rtol=1e-12, atol=1e-12)


def test_filters_and_bias_are_named_after_the_layer() -> None:
    assert parameter_shapes(Conv2D(8, (3, 5), "relu")) == {
        "layer.weights": (8, 3, 5, 4),
        "layer.bias": (8,),
    }


def test_filters_of_a_group_see_their_share_of_the_channels() -> None:
    assert parameter_shapes(Conv2D(8, groups=2))["layer.weights"] == (8, 3, 3, 2)


def test_without_bias_there_is_no_such_parameter() -> None:
    assert parameter_shapes(Conv2D(8, bias=False)) == {"layer.weights": (8, 3, 3, 4)}


@pytest.mark.parametrize("activation", ["relu", "tanh", None])
def test_the_activation_chooses_the_initialiser(activation: str | None) -> None:
    graph = Graph()
    Conv2D(8, activation=activation).build(graph, graph.input("x", PICTURES), "layer")
    expected = initialiser_for(activation)
    assert graph.initialisers == {"layer.weights": expected, "layer.bias": Zeros()}


def test_a_given_initialiser_is_used_instead() -> None:
    graph = Graph()
    layer = Conv2D(8, activation="relu", initialiser=Gaussian(0.1))
    layer.build(graph, graph.input("x", PICTURES), "layer")
    assert graph.initialisers["layer.weights"] == Gaussian(0.1)


def test_he_counts_the_whole_window_as_inputs() -> None:
    _, parameters = evaluated(Conv2D(64, 5, "relu"), pictures(1, 5, 5, 16))
    variance = 2 / (5 * 5 * 16)
    w = parameters.values["layer.weights"]
    standard_error = variance * (2 / w.numel()) ** 0.5  # of the variance of normal numbers
    assert abs(w.var() - variance) < 4 * standard_error


@pytest.mark.parametrize("layer", [Conv2D(8, 1), Conv2D(8, 5), Conv2D(8, dilation=2)], ids=str)
def test_same_keeps_height_and_width(layer: Conv2D) -> None:
    assert output_shape(layer) == (BATCH, 7, 6, 8)


def test_same_with_a_stride_divides_height_and_width_and_rounds_up() -> None:
    assert output_shape(Conv2D(8, stride=2)) == (BATCH, 4, 3, 8)
    assert output_shape(Conv2D(8, 5, stride=4)) == (BATCH, 2, 2, 8)


def test_an_even_kernel_can_be_padded_evenly_where_the_dilation_is_even() -> None:
    assert output_shape(Conv2D(8, 2, dilation=2)) == (BATCH, 7, 6, 8)


def test_valid_uses_no_padding() -> None:
    assert output_shape(Conv2D(8, (3, 2), padding="valid")) == (BATCH, 5, 5, 8)


def test_padding_may_be_a_number_or_a_pair() -> None:
    assert output_shape(Conv2D(8, padding=2)) == (BATCH, 9, 8, 8)
    assert output_shape(Conv2D(8, padding=(0, 1))) == (BATCH, 5, 6, 8)


def test_grey_pictures_have_one_channel() -> None:
    layer, x = Conv2D(8, 3, "relu"), pictures(5, 7, 6)
    assert parameter_shapes(layer, (BATCH, 7, 6))["layer.weights"] == (8, 3, 3, 1)
    assert evaluated(layer, x)[0].equal(evaluated(layer, x.unsqueeze(-1))[0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"filters": 0},
            "Conv2D: got filters=0, expected a whole number of at least 1, such as filters=32.",
        ),
        (
            {"kernel": "relu"},
            "Conv2D(8, kernel='relu'): Convolution: got kernel='relu', expected a whole number of "
            "at least 1, or a pair (height, width) of them, such as kernel=1.",
        ),
        (
            {"stride": 0},
            "Conv2D(8, stride=0): Convolution: got stride=0, expected a whole number of at least "
            "1, or a pair (height, width) of them, such as stride=1.",
        ),
        (
            {"kernel": 2},
            "Conv2D(8, kernel=2): kernel 2 with padding 'same' would have to pad one side more "
            "than the other; expected an odd kernel. Use one, or give padding as a number.",
        ),
        (
            {"padding": "sme"},
            "Conv2D(8, padding='sme'): padding 'sme' is not known. Did you mean 'same'? Known "
            "are: same, valid.",
        ),
        (
            {"groups": 3},
            "Conv2D(8, groups=3): 8 filters can't be divided among 3 groups; expected a multiple "
            "of 3.",
        ),
    ],
    ids=str,
)
def test_a_setting_that_can_not_work_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        Conv2D(**{"filters": 8, **wrong})
    assert str(error.value) == message


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'rleu' is not known\. Did you mean 'relu'"):
        Conv2D(8, activation="rleu")


def test_an_activation_that_no_gradient_passes_is_refused() -> None:
    with pytest.raises(InputError, match=r"^activation 'step' can't be trained: its derivative is"):
        Conv2D(8, activation="step")


@pytest.mark.parametrize(
    ("layer", "x", "message"),
    [
        (
            Conv2D(8, 7, padding="valid"),
            PICTURES,
            "layer, Conv2D(8, kernel=7, padding='valid'): convolution got x (batch, 7, 6, 4), "
            "7 x 6 with its padding, for a kernel that reaches over 7 x 7; expected pictures at "
            "least as large. Use a smaller kernel, more padding, or fewer layers that shrink the "
            "picture.",
        ),
        (
            Conv2D(9, groups=3),
            PICTURES,
            "layer, Conv2D(9, groups=3): got x (batch, 7, 6, 4), whose 4 channels can't be "
            "divided among 3 groups; expected a multiple of 3.",
        ),
        (
            Conv2D(8),
            (BATCH, 7),
            "layer, Conv2D(8): got x (batch, 7); expected pictures (batch, height, width, "
            "channels) or, for grey ones, (batch, height, width). Put the layer before those that "
            "flatten; for the columns of a table use Dense.",
        ),
        (
            Conv2D(8, activation="softmax"),
            PICTURES,
            "layer, Conv2D(8, activation='softmax'): softmax got a value of shape (batch, 7, 6, "
            "8); expected scores (batch, classes).",
        ),
    ],
    ids=str,
)
def test_pictures_that_do_not_fit_are_refused(layer: Conv2D, x: Shape, message: str) -> None:
    with pytest.raises(InputError) as error:
        output_shape(layer, x)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        (Conv2D(32), "Conv2D(32)"),
        (Conv2D(32, 3, "relu"), "Conv2D(32, activation='relu')"),
        (Conv2D(32, 5, None, 2, "valid"), "Conv2D(32, kernel=5, stride=2, padding='valid')"),
        (Conv2D(8, bias=False, initialiser=He()), "Conv2D(8, initialiser=He(), bias=False)"),
    ],
    ids=str,
)
def test_a_layer_shows_as_it_would_be_written(layer: Conv2D, written: str) -> None:
    assert repr(layer) == written
    assert eval(written) == layer
