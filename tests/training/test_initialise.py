"""Data-dependent first values: what they make of the samples, layer after layer."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from chainrule.layers import Dropout, Network, NTKDense
from chainrule.layers.initialisers import DataDependent
from chainrule.plan import Parameters
from chainrule.training.members.initialise import MOST_SAMPLES, initialise
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.samples import Samples

SAMPLES, FEATURES, UNITS = 400, 5, 50


def samples(rows: int = SAMPLES) -> Samples:
    """Features of different size, none of them about 0."""
    draw = torch.Generator().manual_seed(0)
    size = torch.tensor([0.1, 1.0, 5.0, 20.0, 100.0])
    features = size * (torch.randn(rows, FEATURES, generator=draw) + 2)
    return Samples(features, torch.zeros(rows, 1))


def begun(of: Samples, *hidden: NTKDense | Dropout, seed: int = 0) -> dict[str, Tensor]:
    """The first values of these layers and an output."""
    network = Network(*hidden, NTKDense(1, initialiser=DataDependent()))
    graph = objective_graph(network, (FEATURES,), "regression", 0)
    parameters = Parameters.zeros(graph)
    initialise(graph, parameters, of, seed=seed)
    return parameters.values


LAYER = NTKDense(UNITS, "selu", DataDependent())


def sums(values: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    """W x / sqrt(n), without the bias."""
    w = values[f"{name}.weights"]
    return x @ w.T / math.sqrt(w.shape[1])


def activated(values: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return torch.selu(sums(values, name, x) + 0.1 * values[f"{name}.bias"])


def test_the_sums_of_each_unit_have_deviation_1_over_the_samples_in_every_layer() -> None:
    of = samples()
    values = begun(of, LAYER, LAYER)
    x = of.features[:]
    for name in ("ntkdense_1", "ntkdense_2", "ntkdense_3"):
        deviation = sums(values, name, x).std(0, correction=0)
        torch.testing.assert_close(deviation, torch.ones_like(deviation), rtol=1e-4, atol=0)
        x = activated(values, name, x)


def test_a_bias_lies_within_what_its_unit_makes_of_the_samples() -> None:
    of = samples()
    values = begun(of, LAYER)
    z, bias = sums(values, "ntkdense_1", of.features[:]), 0.1 * values["ntkdense_1.bias"]
    assert (z.amin(0) <= -bias).all()
    assert (-bias <= z.amax(0)).all()


def test_a_bias_is_on_average_minus_the_mean_of_its_units_sums() -> None:
    # Of five shares that are uniform on the simplex the sum of squares is 1/3 on average, so that
    # the mean of five sums of deviation 1 has deviation sqrt(1/3).
    of = samples()
    values = begun(of, replace(LAYER, units=2000))
    z, bias = sums(values, "ntkdense_1", of.features[:]), 0.1 * values["ntkdense_1.bias"]
    away = bias + z.mean(0)
    assert abs(float(away.mean())) < 4 * math.sqrt(1 / 3 / 2000)
    assert abs(float(away.std()) - math.sqrt(1 / 3)) < 0.05


def test_a_unit_whose_sums_are_all_the_same_begins_with_finite_values() -> None:
    constant = Samples(torch.ones(SAMPLES, FEATURES), torch.zeros(SAMPLES, 1))
    assert all(value.isfinite().all() for value in begun(constant, LAYER).values())


def test_the_same_seed_and_samples_give_the_same_values_and_another_seed_others() -> None:
    first, again, other = (begun(samples(), LAYER, seed=seed) for seed in (3, 3, 4))
    for name, value in first.items():
        assert value.equal(again[name])
        assert not value.equal(other[name])


def test_nothing_is_dropped_meanwhile() -> None:
    with_dropout = begun(samples(), LAYER, Dropout(0.9), LAYER)
    without = begun(samples(), LAYER, LAYER)
    drawn = with_dropout["ntkdense_3.weights"]
    z = sums(with_dropout, "ntkdense_3", activated(without, "ntkdense_1", samples().features[:]))
    assert drawn.isfinite().all()
    torch.testing.assert_close(z.std(0, correction=0), torch.ones(UNITS), rtol=1e-4, atol=0)


def test_of_very_many_samples_some_are_enough() -> None:
    of = samples(rows=3 * MOST_SAMPLES)
    deviation = sums(begun(of, LAYER), "ntkdense_1", of.features[:]).std(0, correction=0)
    relative_error = 1 / math.sqrt(2 * MOST_SAMPLES)
    assert ((deviation - 1).abs() < 5 * relative_error).all()


def test_where_there_are_no_samples_weights_are_standard_normal_and_biases_0() -> None:
    graph = objective_graph(Network(replace(LAYER, units=2000), NTKDense(1)), (5,), "regression", 0)
    values = Parameters.initialised(graph, seed=0).values
    assert not values["ntkdense_1.bias"].any()
    assert float(values["ntkdense_1.weights"].std()) == pytest.approx(1, abs=0.05)
