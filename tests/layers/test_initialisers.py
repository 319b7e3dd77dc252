"""Initialisers: their formulas, and that signals stay alive under them."""

import math

import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Initialiser
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Network
from chainrule.layers.activations import initialiser_for
from chainrule.layers.initialisers import (
    INITIALISERS,
    Gaussian,
    He,
    Xavier,
    Zeros,
    initialiser_named,
)
from chainrule.plan import Parameters, compile_plan

SHAPE = (300, 400)
DRAWN = [
    pytest.param(He(), 2 / 400, id="He, 2 / fan_in"),
    pytest.param(Xavier(), 2 / (400 + 300), id="Xavier, 2 / (fan_in + fan_out)"),
    pytest.param(Gaussian(), 0.01**2, id="Gaussian, 0.01 squared"),
    pytest.param(Gaussian(0.5), 0.5**2, id="Gaussian, 0.5 squared"),
]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("initialiser", "variance"), DRAWN)
def test_the_mean_is_zero(initialiser: Initialiser, variance: float) -> None:
    drawn = initialiser.draw(SHAPE, generator())
    standard_error = math.sqrt(variance / drawn.numel())
    assert abs(drawn.mean()) < 4 * standard_error


@pytest.mark.parametrize(("initialiser", "variance"), DRAWN)
def test_the_variance_is_that_of_the_formula(initialiser: Initialiser, variance: float) -> None:
    drawn = initialiser.draw(SHAPE, generator())
    standard_error = variance * math.sqrt(2 / drawn.numel())  # of normal numbers
    assert abs(drawn.var() - variance) < 4 * standard_error


@pytest.mark.parametrize(("initialiser", "variance"), DRAWN)
def test_the_numbers_are_normal(initialiser: Initialiser, variance: float) -> None:
    z = initialiser.draw(SHAPE, generator()) / math.sqrt(variance)
    within_one_deviation = math.erf(1 / math.sqrt(2))
    standard_error = math.sqrt(within_one_deviation * (1 - within_one_deviation) / z.numel())
    assert abs((z.abs() < 1).double().mean() - within_one_deviation) < 4 * standard_error


@pytest.mark.parametrize("shape", [(50, 784), (16, 3, 5, 5)], ids=str)
def test_he_is_kaiming_normal_of_torch(shape: tuple[int, ...]) -> None:
    theirs = torch.empty(shape, dtype=torch.float64)
    torch.nn.init.kaiming_normal_(theirs, nonlinearity="relu", generator=generator())
    torch.testing.assert_close(He().draw(shape, generator()), theirs, rtol=1e-12, atol=0)


@pytest.mark.parametrize("shape", [(50, 784), (16, 3, 5, 5)], ids=str)
def test_xavier_is_xavier_normal_of_torch(shape: tuple[int, ...]) -> None:
    theirs = torch.empty(shape, dtype=torch.float64)
    torch.nn.init.xavier_normal_(theirs, generator=generator())
    torch.testing.assert_close(Xavier().draw(shape, generator()), theirs, rtol=1e-12, atol=0)


def test_zeros_are_all_zero() -> None:
    assert Zeros().draw(SHAPE, generator()).equal(torch.zeros(SHAPE, dtype=torch.float64))


@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initialiser_draws_float64_of_the_shape(name: str) -> None:
    drawn = INITIALISERS[name].draw((3, 5), generator())
    assert (drawn.shape, drawn.dtype) == ((3, 5), torch.float64)


@pytest.mark.parametrize("name", INITIALISERS)
def test_the_same_generator_gives_the_same_numbers(name: str) -> None:
    first, second = (INITIALISERS[name].draw(SHAPE, generator(7)) for _ in range(2))
    assert first.equal(second)


@pytest.mark.parametrize("name", ["gaussian", "he", "xavier"])
def test_another_generator_gives_other_numbers(name: str) -> None:
    first, second = (INITIALISERS[name].draw(SHAPE, generator(seed)) for seed in (7, 8))
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


def test_an_initialiser_is_found_by_its_name() -> None:
    assert initialiser_named("he") == He()


def test_an_unknown_initialiser_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^initialiser 'xavir' is not known\. Did you mean 'xav"):
        initialiser_named("xavir")


def test_he_keeps_the_size_of_signals_through_twenty_layers_of_relu() -> None:
    first, last = sizes_of_sums(initialiser=None)
    assert 0.5 < last / first < 2


def test_one_small_deviation_for_all_layers_lets_signals_fade() -> None:
    first, last = sizes_of_sums(initialiser=Gaussian(0.01))
    assert last / first < 1e-10


def sizes_of_sums(initialiser: Initialiser | None) -> tuple[float, float]:
    """The mean square of z = W x + b in the first and the last of 20 layers of 600 units."""
    graph = Graph()
    network = Network(*[Dense(600, "relu", initialiser)] * 20)
    network.build(graph, graph.input("x", (BATCH, 600)))
    for node in graph.nodes:
        if node.output.name in ("dense_1.z", "dense_20.z"):
            graph.output(node.output.name, node.output)
    plan = compile_plan(
        graph, Parameters.initialised(graph, seed=0), batch_size=100, mode="evaluate"
    )
    plan.inputs["x"].copy_(torch.randn(100, 600, generator=generator()))
    plan.forward()
    sums = {name: z.square().mean() for name, z in plan.outputs.items()}
    return float(sums["dense_1.z"]), float(sums["dense_20.z"])
