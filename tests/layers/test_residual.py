"""Residual: what is added to a shortcut."""

import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers import Activation, Conv2D, Dense, Dropout, Flatten, Network, Residual
from chainrule.layers.initialisers import Gaussian
from chainrule.ops import Multiply, Sum
from chainrule.plan import compile_plan
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run
from tests.ops.bound import assert_close


def test_y_is_x_plus_f_of_x() -> None:
    graph = graph_of(Residual(Activation("tanh")), features=(3,))
    x = numbers(4, 3)
    y = run(plan_of(graph, parameters_of(graph), 4, "evaluate"), x=x)
    assert_close(y, x + x.tanh(), 1e-14)


def test_an_activation_is_of_the_sum() -> None:
    graph = graph_of(Residual(Activation("tanh"), activation="relu"), features=(3,))
    x = numbers(4, 3)
    y = run(plan_of(graph, parameters_of(graph), 4, "evaluate"), x=x)
    assert_close(y, (x + x.tanh()).relu(), 1e-14)


@pytest.mark.parametrize("blocks", [1, 3])
def test_the_derivative_of_each_block_is_1_plus_that_of_f(blocks: int) -> None:
    graph = Graph()
    y = x = graph.parameter("x", (3,), Gaussian(1))
    for number in range(blocks):
        y = Residual(Activation("tanh")).build(graph, y, f"block_{number}")
    graph.output("loss", graph.apply(Sum(), graph.apply(Multiply(), y, graph.input("t", (3,)))))
    parameters = parameters_of(graph)
    plan = compile_plan(graph, parameters, batch_size=1, mode="train")
    plan.inputs["t"].copy_(numbers(3))
    plan.step()
    value, expected = parameters.values[x.name], numbers(3)
    for _ in range(blocks):
        expected = expected * (1 + (1 - value.tanh() ** 2))
        value = value + value.tanh()
    assert_close(parameters.gradients[x.name], expected, 1e-13)


def test_where_the_number_of_features_differs_the_shortcut_is_a_dense_layer() -> None:
    graph = graph_of(Residual(Dense(5, "tanh")), features=(3,))
    parameters = parameters_of(graph)
    x = numbers(4, 3)
    y = run(plan_of(graph, parameters, 4, "evaluate"), x=x)
    values = parameters.values
    f = torch.tanh(x @ values["residual_1.dense_1.weights"].T)  # biases begin at 0
    assert_close(y, f + x @ values["residual_1.projection.weights"].T, 1e-13)


def test_where_pictures_differ_the_shortcut_is_a_convolution_of_1_x_1_with_a_stride() -> None:
    block = Residual(Conv2D(4, stride=(2, 1)), Conv2D(4))
    graph = graph_of(block, features=(5, 6, 3))
    parameters = parameters_of(graph)
    parameters.values["residual_1.conv2d_2.weights"].zero_()
    x = numbers(2, 5, 6, 3)
    y = run(plan_of(graph, parameters, 2, "evaluate"), x=x)
    w = parameters.values["residual_1.projection.weights"].view(4, 3)
    assert_close(y, x[:, ::2] @ w.T, 1e-13)
    assert "residual_1.projection.bias" not in parameters.values


def test_a_shortcut_of_the_same_shape_has_no_parameters() -> None:
    graph = graph_of(Residual(Dense(3, "relu")), features=(3,))
    assert list(graph.parameters) == ["residual_1.dense_1.weights", "residual_1.dense_1.bias"]


def test_parameters_are_named_after_block_and_layer_however_deep() -> None:
    inner = Residual(Dense(3, "relu"), Dense(3))
    graph = graph_of(Dense(3), Residual(inner, Dense(3)), Residual(inner), features=(3,))
    weights = [name for name in graph.parameters if name.endswith("weights")]
    assert weights == [
        "dense_1.weights",
        "residual_2.residual_1.dense_1.weights",
        "residual_2.residual_1.dense_2.weights",
        "residual_2.dense_2.weights",
        "residual_3.residual_1.dense_1.weights",
        "residual_3.residual_1.dense_2.weights",
    ]


def test_dropout_in_different_blocks_drops_different_features() -> None:
    graph = graph_of(Residual(Dropout(0.5)), Residual(Dropout(0.5)), features=(50,))
    x = torch.ones(1, 50, dtype=torch.float64)
    y = run(plan_of(graph, parameters_of(graph), 1, "train"), x=x, t=x, key=1)
    assert set(y.flatten().tolist()) == {1, 3, 9}  # 3 where one of them keeps, and the other not


def test_what_no_stride_brings_to_one_shape_is_refused() -> None:
    block = Residual(Conv2D(4, kernel=3, padding="valid"))
    message = (
        r"^Residual\(Conv2D\(4, padding='valid'\)\) makes \(batch, 4, 4, 4\) of "
        r"\(batch, 6, 6, 3\), to which it can't be added; expected the same shape, or a picture "
        r"whose height and width a stride gives: use padding 'same' in its convolutions\.$"
    )
    with pytest.raises(InputError, match=message):
        graph_of(block, features=(6, 6, 3))


def test_pictures_that_f_turns_into_features_have_a_dense_shortcut() -> None:
    graph = graph_of(Residual(Flatten(), Dense(4)), features=(2, 2, 3))
    assert graph.parameters["residual_1.projection.weights"].shape == (4, 12)


def test_a_block_without_layers_is_refused() -> None:
    message = r"^Residual\(\) has no layers; expected at least one, such as Dense\(10\)\.$"
    with pytest.raises(InputError, match=message):
        Residual()


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'rleu' is not known\. Did you mean 'relu'"):
        Residual(Dense(3), activation="rleu")


@pytest.mark.parametrize(
    "written", ["Residual(Dense(3, 'relu'), Dense(3))", "Residual(Dense(3), activation='relu')"]
)
def test_it_shows_as_it_would_be_written(written: str) -> None:
    layer = eval(written)
    assert repr(layer) == written
    assert repr(Network(layer)) == f"Network({written})"
    assert eval(repr(layer)) == layer
