"""Parameters: one flat vector of weights, one of gradients, each parameter a view of both."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.errors import InputError
from chainrule.plan import Parameters
from tests.plan.networks import Normal, batch_for, compiled, parameters_of, perceptron

SHAPES = {"w": (3, 5), "b": (3,), "scale": ()}
shapes = st.dictionaries(
    st.text(max_size=3), st.lists(st.integers(1, 5), max_size=3).map(tuple), max_size=6
)


@given(shapes=shapes, dtype=st.sampled_from([torch.float32, torch.float64]))
@settings(max_examples=50)
def test_each_parameter_begins_on_a_cache_line_of_its_own(
    shapes: dict[str, tuple[int, ...]], dtype: torch.dtype
) -> None:
    parameters = Parameters(shapes, dtype)
    for views in (parameters.values, parameters.gradients):
        lines = [line for view in views.values() for line in _cache_lines(view)]
        assert len(lines) == len(set(lines))
        assert all(view.data_ptr() % 64 == 0 for view in views.values())


def test_values_and_gradients_are_views_of_the_flat_vectors() -> None:
    parameters = Parameters(SHAPES)
    parameters.weights.fill_(2)
    parameters.gradient.fill_(3)
    for name, shape in SHAPES.items():
        assert parameters.values[name].equal(torch.full(shape, 2.0))
        assert parameters.gradients[name].equal(torch.full(shape, 3.0))


def test_between_parameters_the_gradient_stays_zero() -> None:
    graph = perceptron(5, 3, 2)
    plan, parameters = compiled(graph, batch_for(graph, 4))
    plan.step()
    own = sum(int(gradient.count_nonzero()) for gradient in parameters.gradients.values())
    assert own > 0
    assert int(parameters.gradient.count_nonzero()) == own
    assert parameters.gradient.numel() > parameters.count


def test_count_leaves_out_what_lies_between() -> None:
    parameters = Parameters(SHAPES)
    assert parameters.count == 3 * 5 + 3 + 1
    assert parameters.weights.numel() == 16 + 16 + 16


def test_the_same_seed_gives_the_same_weights() -> None:
    graph = perceptron(5, 3, 2)
    first, second = (Parameters.initialised(graph, seed=7) for _ in range(2))
    assert first.weights.equal(second.weights)


def test_another_seed_gives_other_weights() -> None:
    graph = perceptron(5, 3, 2)
    first, second = (Parameters.initialised(graph, seed=seed) for seed in (7, 8))
    assert not first.values["dense_1.w"].equal(second.values["dense_1.w"])


def test_weights_of_a_layer_do_not_depend_on_the_layers_beside_it() -> None:
    alone, deeper = (parameters_of(perceptron(5, 3, *more)) for more in ([], [2, 2]))
    assert alone.values["dense_1.w"].equal(deeper.values["dense_1.w"])


def test_two_parameters_of_one_shape_differ() -> None:
    graph = perceptron(3, 3, 3)
    parameters = parameters_of(graph)
    assert not parameters.values["dense_1.w"].equal(parameters.values["dense_2.w"])


def test_float32_weights_are_the_float64_ones_rounded() -> None:
    graph = perceptron(5, 3, 2)
    single, double = parameters_of(graph, torch.float32), parameters_of(graph, torch.float64)
    for name, value in double.values.items():
        assert single.values[name].equal(value.float())


def test_a_parameter_without_initialiser_begins_at_zero() -> None:
    graph = perceptron(5, 3)
    graph.parameter("plain", (4,))
    graph.parameter("drawn", (4,), Normal())
    parameters = parameters_of(graph)
    assert parameters.values["plain"].tolist() == [0] * 4
    assert parameters.values["drawn"].count_nonzero() == 4


def test_loaded_values_are_taken_over() -> None:
    parameters = Parameters(SHAPES)
    values = {name: torch.rand(shape) for name, shape in SHAPES.items()}
    parameters.load(values)
    assert all(parameters.values[name].equal(value) for name, value in values.items())


@pytest.mark.parametrize(
    ("shapes", "different"),
    [
        ({"w": (3, 5), "b": (4,), "scale": ()}, "b (3,), b (4,)"),
        ({"w": (3, 5), "b": (3,)}, "scale ()"),
        ({"w": (3, 5), "b": (3,), "scale": (), "bias": (1,)}, "bias (1,)"),
    ],
)
def test_values_of_another_network_are_refused_and_change_nothing(
    shapes: dict[str, tuple[int, ...]], different: str
) -> None:
    parameters = Parameters(SHAPES)
    message = (
        "These weights do not fit the network: it expects {'w': (3, 5), 'b': (3,), 'scale': ()}; "
        f"different are {different}."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parameters.load({name: torch.ones(shape) for name, shape in shapes.items()})
    assert parameters.weights.count_nonzero() == 0


def _cache_lines(view: torch.Tensor) -> range:
    start = view.data_ptr() // 64
    return range(start, (view.data_ptr() + view.nbytes - 1) // 64 + 1)
