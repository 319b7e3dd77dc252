"""Dense: what it computes, what it is called, and what it refuses."""

import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Flatten
from chainrule.layers.initialisers import Gaussian, He
from chainrule.plan import Parameters, compile_plan

FUNCTIONS = {
    None: lambda z: z,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_dense_is_the_activation_of_w_x_plus_b(activation: str | None) -> None:
    graph = Graph()
    graph.output(
        "a", Dense(4, activation, Gaussian(1)).build(graph, graph.input("x", (BATCH, 3)), "layer")
    )
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    parameters.values["layer.bias"].copy_(torch.tensor([0.1, -0.2, 0.3, -0.4]))
    plan = compile_plan(graph, parameters, batch_size=5, mode="evaluate")
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    plan.inputs["x"].copy_(x)
    plan.forward()
    w, b = parameters.values["layer.weights"], parameters.values["layer.bias"]
    expected = FUNCTIONS[activation](torch.stack([w @ sample + b for sample in x]))
    torch.testing.assert_close(plan.outputs["a"], expected, rtol=1e-12, atol=1e-12)


def test_weights_and_bias_are_named_after_the_layer() -> None:
    graph = Graph()
    Dense(4, "tanh").build(graph, graph.input("x", (BATCH, 3)), "hidden")
    assert {name: value.shape for name, value in graph.parameters.items()} == {
        "hidden.weights": (4, 3),
        "hidden.bias": (4,),
    }


def test_biases_begin_at_zero() -> None:
    graph = Graph()
    Dense(4).build(graph, graph.input("x", (BATCH, 3)), "layer")
    parameters = Parameters.initialised(graph, seed=0)
    assert parameters.values["layer.bias"].count_nonzero() == 0
    assert parameters.values["layer.weights"].count_nonzero() == 12


def test_without_bias_it_is_the_activation_of_w_x() -> None:
    graph = Graph()
    layer = Dense(4, "tanh", Gaussian(1), bias=False)
    graph.output("a", layer.build(graph, graph.input("x", (BATCH, 3)), "layer"))
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    assert list(parameters.values) == ["layer.weights"]
    plan = compile_plan(graph, parameters, batch_size=5, mode="evaluate")
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    plan.inputs["x"].copy_(x)
    plan.forward()
    expected = torch.tanh(x @ parameters.values["layer.weights"].T)
    torch.testing.assert_close(plan.outputs["a"], expected, rtol=1e-12, atol=1e-12)


def test_pictures_are_flattened_first() -> None:
    graph = Graph()
    y = Dense(4).build(graph, graph.input("x", (BATCH, 3, 5)), "layer")
    assert y.shape == (BATCH, 4)
    assert graph.parameters["layer.weights"].shape == (4, 15)


def test_flattening_keeps_the_numbers_in_their_order() -> None:
    graph = Graph()
    graph.output("y", Flatten().build(graph, graph.input("x", (BATCH, 2, 3)), "flat"))
    plan = compile_plan(graph, Parameters({}), batch_size=2, mode="evaluate")
    plan.inputs["x"].copy_(torch.arange(12.0).view(2, 2, 3))
    plan.forward()
    assert plan.outputs["y"].tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


@pytest.mark.parametrize("units", [0, -3])
def test_a_layer_without_units_is_refused(units: int) -> None:
    message = rf"^Dense: got units={units}, expected a whole number of at least 1, such as units=32"
    with pytest.raises(InputError, match=message):
        Dense(units)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    message = r"^activation 'rleu' is not known\. Did you mean 'relu'\? Known are: elu, "
    with pytest.raises(InputError, match=message):
        Dense(3, "rleu")


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        (Dense(10), "Dense(10)"),
        (Dense(50, "relu"), "Dense(50, 'relu')"),
        (Dense(50, "relu", He()), "Dense(50, 'relu', He())"),
        (Dense(50, None, Gaussian(0.1)), "Dense(50, None, Gaussian(deviation=0.1))"),
        (Dense(50, bias=False), "Dense(50, bias=False)"),
        (Dense(50, "relu", bias=False), "Dense(50, 'relu', bias=False)"),
    ],
    ids=str,
)
def test_a_layer_shows_as_it_would_be_written(layer: Dense, written: str) -> None:
    assert repr(layer) == written
    assert eval(written) == layer
