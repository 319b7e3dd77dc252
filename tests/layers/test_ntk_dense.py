"""NTKDense: what it computes, how it begins, and what it refuses."""

import math

import pytest
import torch

from chainrule.errors import InputError
from chainrule.layers import NTKDense
from chainrule.layers.initialisers import Zeros
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

FUNCTIONS = {None: lambda z: z, "selu": torch.selu, "mish": torch.nn.functional.mish}


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_it_is_the_activation_of_w_x_over_the_root_of_the_inputs_plus_b(
    activation: str | None,
) -> None:
    graph = graph_of(NTKDense(4, activation), features=(3,))
    parameters = parameters_of(graph)
    w, stored_bias = parameters.values["ntkdense_1.weights"], parameters.values["ntkdense_1.bias"]
    x = numbers(5, 3)
    y = run(plan_of(graph, parameters, 5, "evaluate"), x=x)
    expected = FUNCTIONS[activation](x @ w.T / math.sqrt(3) + 0.1 * stored_bias)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)


def test_weights_and_biases_begin_as_standard_normal_numbers() -> None:
    values = parameters_of(graph_of(NTKDense(2000), features=(5,))).values
    w, b = values["ntkdense_1.weights"], 0.1 * values["ntkdense_1.bias"]
    for drawn in (w, b):
        standard_error = (2 / drawn.numel()) ** 0.5  # of the variance of normal numbers
        assert abs(float(drawn.var()) - 1) < 4 * standard_error
        assert abs(float(drawn.mean())) < 4 / drawn.numel() ** 0.5


def test_weights_and_biases_begin_as_the_initialiser_says() -> None:
    parameters = parameters_of(graph_of(NTKDense(3, initialiser=Zeros()), features=(5,)))
    assert parameters.weights.count_nonzero() == 0


def test_pictures_are_flattened_first() -> None:
    graph = graph_of(NTKDense(4), features=(3, 5))
    assert graph.outputs["y"].shape == ("batch", 4)
    assert graph.parameters["ntkdense_1.weights"].shape == (4, 15)


@pytest.mark.parametrize("units", [0, -3])
def test_a_layer_without_units_is_refused(units: int) -> None:
    message = rf"^NTKDense: got units={units}, expected a whole number of at least 1, such as un"
    with pytest.raises(InputError, match=message):
        NTKDense(units)


def test_a_factor_that_is_not_positive_is_refused() -> None:
    message = (
        r"^NTKDense: got bias_learning_rate_factor=0, expected a positive number, such as "
        r"bias_learning_rate_factor=0\.1\.$"
    )
    with pytest.raises(InputError, match=message):
        NTKDense(4, bias_learning_rate_factor=0)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'seul' is not known\. Did you mean 'selu'"):
        NTKDense(3, "seul")


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        (NTKDense(10), "NTKDense(10)"),
        (NTKDense(10, "selu", Zeros()), "NTKDense(10, activation='selu', initialiser=Zeros())"),
        (NTKDense(10, bias_learning_rate_factor=1), "NTKDense(10, bias_learning_rate_factor=1)"),
    ],
    ids=str,
)
def test_a_layer_shows_as_it_would_be_written(layer: NTKDense, written: str) -> None:
    assert repr(layer) == written
    assert eval(written) == layer
