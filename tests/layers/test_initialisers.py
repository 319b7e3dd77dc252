"""Initialisers: their formulas, and that signals stay alive under them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Initialiser
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Network
from chainrule.layers.activations import initialiser_for
from chainrule.layers.initialisers import (
    INITIALISERS,
    Gaussian,
    He,
    LeCun,
    Orthogonal,
    Xavier,
    Zeros,
)
from chainrule.layers.initialisers.fans import fan_in, fan_out
from chainrule.plan import Parameters, compile_plan

MATRIX, FILTERS = (300, 400), (30, 5, 5, 80)  # filters: (outputs, height, width, inputs)
VARIANCES: dict[str, dict[tuple[int, ...], float]] = {
    "gaussian": {MATRIX: 0.01**2, FILTERS: 0.01**2},
    "gaussian_large": {MATRIX: 1, FILTERS: 1},
    "he": {MATRIX: 2 / 400, FILTERS: 2 / 2000},
    "he_uniform": {MATRIX: 2 / 400, FILTERS: 2 / 2000},
    "lecun": {MATRIX: 1 / 400, FILTERS: 1 / 2000},
    "lecun_uniform": {MATRIX: 1 / 400, FILTERS: 1 / 2000},
    "orthogonal": {MATRIX: 1 / 400, FILTERS: 1 / 2000},  # rows of length 1
    "xavier": {MATRIX: 2 / (400 + 300), FILTERS: 2 / (2000 + 30 * 25)},
    "xavier_fan_in": {MATRIX: 1 / 400, FILTERS: 1 / 2000},
    "xavier_uniform": {MATRIX: 2 / (400 + 300), FILTERS: 2 / (2000 + 30 * 25)},
}
CASES = [
    pytest.param(name, shape, variance, id=f"{name}, {shape}")
    for name, shapes in VARIANCES.items()
    for shape, variance in shapes.items()
]
UNIFORM = [name for name in VARIANCES if name.endswith("_uniform")]
NORMAL = [name for name in VARIANCES if name not in (*UNIFORM, "orthogonal")]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drawn(name: str, shape: tuple[int, ...] = MATRIX) -> Tensor:
    return INITIALISERS[name].draw(shape, generator())


def test_every_initialiser_that_draws_has_its_variance_stated_here() -> None:
    assert {*VARIANCES, "zeros"} == set(INITIALISERS)


@pytest.mark.parametrize(("name", "shape", "variance"), CASES)
def test_the_mean_is_zero(name: str, shape: tuple[int, ...], variance: float) -> None:
    numbers = drawn(name, shape)
    assert abs(numbers.mean()) < 4 * math.sqrt(variance / numbers.numel())


@pytest.mark.parametrize(("name", "shape", "variance"), CASES)
def test_the_variance_is_that_of_the_formula(
    name: str, shape: tuple[int, ...], variance: float
) -> None:
    numbers = drawn(name, shape)
    standard_error = variance * math.sqrt(2 / numbers.numel())  # of normal numbers; others: less
    assert abs(numbers.var() - variance) < 4 * standard_error


@pytest.mark.parametrize("name", NORMAL)
def test_the_numbers_are_normal_unless_the_name_says_otherwise(name: str) -> None:
    z = drawn(name) / math.sqrt(VARIANCES[name][MATRIX])
    within_one_deviation = math.erf(1 / math.sqrt(2))
    standard_error = math.sqrt(within_one_deviation * (1 - within_one_deviation) / z.numel())
    assert abs((z.abs() < 1).double().mean() - within_one_deviation) < 4 * standard_error


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_numbers_reach_to_their_bounds_and_no_further(name: str) -> None:
    bound = math.sqrt(3 * VARIANCES[name][MATRIX])
    numbers = drawn(name)
    assert -bound <= numbers.min() < -0.999 * bound
    assert 0.999 * bound < numbers.max() <= bound


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_numbers_are_as_frequent_in_each_tenth_of_their_range(name: str) -> None:
    numbers = drawn(name)
    counts = numbers.histc(10, -(bound := math.sqrt(3 * VARIANCES[name][MATRIX])), bound)
    standard_error = math.sqrt(0.1 * 0.9 * numbers.numel())
    assert (counts - numbers.numel() / 10).abs().max() < 4 * standard_error


@pytest.mark.parametrize("shape", [(50, 784), (16, 5, 5, 3), (8, 3, 6)], ids=str)
def test_fans_are_those_of_torch_whose_inputs_are_the_second_axis(shape: tuple[int, ...]) -> None:
    theirs = torch.empty(shape).movedim(-1, 1)
    assert (fan_in(shape), fan_out(shape)) == torch.nn.init._calculate_fan_in_and_fan_out(theirs)


@pytest.mark.parametrize(("outputs", "kernel", "inputs"), [(50, (), 784), (16, (5, 5), 3)])
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("he", lambda w, g: torch.nn.init.kaiming_normal_(w, nonlinearity="relu", generator=g)),
        (
            "he_uniform",
            lambda w, g: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu", generator=g),
        ),
        (
            "lecun",
            lambda w, g: torch.nn.init.kaiming_normal_(w, nonlinearity="linear", generator=g),
        ),
        (
            "lecun_uniform",
            lambda w, g: torch.nn.init.kaiming_uniform_(w, nonlinearity="linear", generator=g),
        ),
        ("xavier", lambda w, g: torch.nn.init.xavier_normal_(w, generator=g)),
        ("xavier_uniform", lambda w, g: torch.nn.init.xavier_uniform_(w, generator=g)),
        ("orthogonal", lambda w, g: torch.nn.init.orthogonal_(w, generator=g)),
    ],
)
def test_the_numbers_are_those_that_torch_draws(
    name: str,
    theirs: Callable[[Tensor, torch.Generator], Tensor],
    outputs: int,
    kernel: tuple[int, ...],
    inputs: int,
) -> None:
    ours = drawn(name, (outputs, *kernel, inputs))
    expected = theirs(torch.empty(outputs, inputs, *kernel, dtype=torch.float64), generator())
    torch.testing.assert_close(ours.flatten(), expected.flatten(), rtol=1e-10, atol=1e-14)


def test_xavier_by_the_inputs_alone_is_lecun() -> None:
    assert INITIALISERS["xavier_fan_in"] == INITIALISERS["lecun"]


@pytest.mark.parametrize("shape", [(20, 50), (30, 30), (12, 3, 3, 2)], ids=str)
def test_rows_of_an_orthogonal_matrix_have_length_1_and_right_angles(
    shape: tuple[int, ...],
) -> None:
    w = drawn("orthogonal", shape).flatten(1)
    torch.testing.assert_close(w @ w.T, torch.eye(shape[0], dtype=torch.float64))


@pytest.mark.parametrize("shape", [(50, 20), (64, 3, 3, 2)], ids=str)
def test_where_there_are_more_rows_than_columns_the_columns_are_orthogonal(
    shape: tuple[int, ...],
) -> None:
    w = drawn("orthogonal", shape).flatten(1)
    torch.testing.assert_close(w.T @ w, torch.eye(w.shape[1], dtype=torch.float64))


def test_the_gain_of_an_orthogonal_matrix_is_what_it_stretches_by() -> None:
    w = Orthogonal(gain=3).draw((20, 20), generator())
    torch.testing.assert_close(w @ w.T, 9 * torch.eye(20, dtype=torch.float64))


def test_orthogonal_matrices_have_positive_and_negative_diagonals_alike() -> None:
    # LAPACK's Q of a 2 x 2 matrix has a negative corner always.
    draw = generator()
    corners = torch.stack([Orthogonal().draw((2, 2), draw)[0, 0] for _ in range(400)])
    assert abs(int((corners > 0).sum()) - 200) < 4 * math.sqrt(400 * 0.25)


def test_zeros_are_all_zero() -> None:
    assert Zeros().draw(MATRIX, generator()).equal(torch.zeros(MATRIX, dtype=torch.float64))


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 3, 3, 2), (1, 1)], ids=str)
@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initialiser_draws_float64_of_the_shape(name: str, shape: tuple[int, ...]) -> None:
    numbers = drawn(name, shape)
    assert (numbers.shape, numbers.dtype) == (shape, torch.float64)


@pytest.mark.parametrize("name", INITIALISERS)
def test_the_same_generator_gives_the_same_numbers(name: str) -> None:
    first, second = (INITIALISERS[name].draw(MATRIX, generator(7)) for _ in range(2))
    assert first.equal(second)


@pytest.mark.parametrize("name", VARIANCES)
def test_another_generator_gives_other_numbers(name: str) -> None:
    first, second = (INITIALISERS[name].draw(MATRIX, generator(seed)) for seed in (7, 8))
    assert not first.equal(second)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("relu", He()), ("sigmoid", Xavier()), ("tanh", Xavier()), (None, Xavier())],
)
def test_the_activation_chooses_the_initialiser(
    activation: str | None, expected: Initialiser
) -> None:
    assert initialiser_for(activation) == expected
    graph = Graph()
    Dense(3, activation).build(graph, graph.input("x", (BATCH, 2)), "layer")
    assert graph.initialisers == {"layer.weights": expected, "layer.bias": Zeros()}


def test_a_given_initialiser_is_used_instead() -> None:
    graph = Graph()
    Dense(3, "relu", Gaussian(0.1)).build(graph, graph.input("x", (BATCH, 2)), "layer")
    assert graph.initialisers["layer.weights"] == Gaussian(0.1)


def test_initialisers_are_equal_where_their_kind_and_their_distribution_are() -> None:
    assert He("uniform") == He("uniform")
    assert He("uniform") != He()
    assert INITIALISERS["he"] != INITIALISERS["lecun"]


@pytest.mark.parametrize(
    ("initialiser", "written"),
    [(He(), "He()"), (LeCun(), "LeCun()"), (Xavier("uniform"), "Xavier('uniform')")],
)
def test_an_initialiser_shows_as_it_would_be_written(initialiser: object, written: str) -> None:
    assert repr(initialiser) == written
    assert eval(written) == initialiser


def test_an_initialiser_is_found_by_its_name() -> None:
    assert INITIALISERS["he_uniform"] == He("uniform")


def test_an_unknown_initialiser_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^initialiser 'xavir' is not known\. Did you mean 'xav"):
        INITIALISERS["xavir"]


def test_an_unknown_distribution_is_refused_with_the_nearest() -> None:
    message = r"^distribution 'unifrom' is not known\. Did you mean 'uniform'\?"
    with pytest.raises(InputError, match=message):
        He("unifrom")  # type: ignore[arg-type]  # the mistake


# Mean squares after ten layers, of 1 at the input: in float64 for layers of infinite width, by
# `mean_squares_foretold`, where the gain is fan_in times the variance of the weights.
@pytest.mark.parametrize(
    ("activation", "name", "gain", "last"),
    [
        ("relu", "he", 2, 1.0),
        ("relu", "he_uniform", 2, 1.0),
        ("relu", "lecun", 1, 2**-10),
        ("relu", "gaussian", 500 * 0.01**2, 0.025**10),
        ("tanh", "xavier", 1, 0.0522),
        ("tanh", "xavier_uniform", 1, 0.0522),
        ("tanh", "orthogonal", 1, 0.0522),
        ("tanh", "gaussian", 500 * 0.01**2, 8.86e-14),
        ("tanh", "gaussian_large", 500, 0.964),
    ],
)
def test_activations_keep_their_size_or_die_by_depth_as_theory_foretells(
    activation: str, name: str, gain: float, last: float
) -> None:
    ours, foretold = mean_squares(activation, name), mean_squares_foretold(activation, gain)
    assert foretold[-1] == pytest.approx(last, rel=1e-3)
    # Of ReLU, 500 units after ten layers give 0.6 to 1.4 times the theory over ten seeds.
    assert ours == pytest.approx(foretold, rel=0.5 if activation == "relu" else 0.08)


def test_xavier_keeps_activations_alive_that_die_under_one_small_deviation() -> None:
    small, xavier = (mean_squares("tanh", name) for name in ("gaussian", "xavier"))
    assert xavier[-1] / xavier[0] > 0.1
    assert small[-1] / small[0] < 1e-11


UNITS, LAYERS = 500, 10


def mean_squares(activation: str, name: str) -> list[float]:
    """Of the activations of each layer, where normal numbers go in."""
    graph = Graph()
    network = Network(*[Dense(UNITS, activation, INITIALISERS[name])] * LAYERS)
    network.build(graph, graph.input("x", (BATCH, UNITS)))
    layers = [f"dense_{number + 1}" for number in range(LAYERS)]
    for node in graph.nodes:
        if node.output.name in layers:
            graph.output(node.output.name, node.output)
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=100, mode="evaluate")
    plan.inputs["x"].copy_(torch.randn(100, UNITS, generator=generator()))
    plan.forward()
    return [float(plan.outputs[layer].double().square().mean()) for layer in layers]


def mean_squares_foretold(activation: str, gain: float) -> list[float]:
    """The same for layers of infinite width: q' = E f(sqrt(gain q) z)^2 over normal numbers z.

    Source: Poole et al. (2016), Exponential expressivity in deep neural networks through transient
    chaos, section 2.
    """
    f = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0)
    z = np.linspace(-10, 10, 10_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    sizes = [1.0]
    for _ in range(LAYERS):
        squares = f(math.sqrt(gain * sizes[-1]) * z) ** 2
        sizes.append(float((squares * density).sum() * (z[1] - z[0])))
    return sizes[1:]
