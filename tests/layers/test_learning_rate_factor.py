"""Learning rate factors: what a factor in front of a parameter does to its learning."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from chainrule.graph.graph import Graph
from chainrule.layers import Dense, Scale
from chainrule.layers.initialisers import Gaussian
from chainrule.layers.learning_rate_factor import parameter_with_factor
from chainrule.plan import Parameters
from chainrule.training.optimizers import Adam, GradientDescent, GradientOptimizer, Lion, RMSprop
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

STEPS, RATE = 10, 0.01


def test_the_parameter_begins_as_its_initialiser_says() -> None:
    graph, plain = Graph(), Graph()
    begins = Gaussian(1.0)
    graph.output("p", parameter_with_factor(graph, "p", (4, 3), begins, factor=6.0))
    plain.parameter("p", (4, 3), begins)
    q = Parameters.initialised(graph, seed=0, dtype=torch.float64).values["p"]
    p = Parameters.initialised(plain, seed=0, dtype=torch.float64).values["p"]
    torch.testing.assert_close(6 * q, p, rtol=1e-15, atol=0)


@pytest.mark.parametrize("factor", [6.0, 0.1])
@pytest.mark.parametrize("optimizer", [Adam(), Adam(beta2=0.95), RMSprop(), Lion()], ids=repr)
def test_ten_steps_with_a_factor_are_ten_steps_with_so_many_times_the_learning_rate(
    optimizer: GradientOptimizer, factor: float
) -> None:
    with_factor = learned(optimizer, Scale(factor), rate=RATE)
    with_rate = learned(optimizer, Scale(1.0), rate=factor * RATE)
    torch.testing.assert_close(factor * with_factor, with_rate, rtol=1e-6, atol=1e-6)
    assert (with_rate - 1).abs().max() > factor * RATE  # it did learn


def test_under_gradient_descent_the_factor_counts_squared() -> None:
    with_factor = learned(GradientDescent(), Scale(3.0), rate=RATE)
    with_rate = learned(GradientDescent(), Scale(1.0), rate=9 * RATE)
    torch.testing.assert_close(3 * with_factor, with_rate, rtol=1e-12, atol=1e-12)


def learned(optimizer: GradientOptimizer, layer: Scale, rate: float) -> Tensor:
    """The scale's own parameter after so many steps, on another batch in each."""
    graph = graph_of(layer, Dense(2, "tanh"), features=(3,))
    parameters = parameters_of(graph)
    # The dense layer stays as it is, so that the scale alone meets the learning rate.
    dense = {n: v.clone() for n, v in parameters.values.items() if n.startswith("dense")}
    plan, update = plan_of(graph, parameters, 8, "train"), optimizer.bind(parameters)
    for step in range(STEPS):
        run(plan, x=numbers(8, 3, seed=step), t=numbers(8, 2, seed=100 + step))
        update(rate)
        for name, value in dense.items():
            parameters.values[name].copy_(value)
    return parameters.values["scale_1.scale"].clone()
