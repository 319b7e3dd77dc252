"""Dropout in a network: anew in each step and layer, not at all in evaluation."""

from typing import Any

import pytest
import torch

from chainrule.errors import InputError
from chainrule.layers import Dense, Dropout, Network
from chainrule.layers.initialisers import Gaussian
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

ONES = torch.ones(8, 20, dtype=torch.float64)


def test_the_mask_follows_the_key_of_the_step() -> None:
    graph = graph_of(Dropout(0.5), features=(20,))
    plan = plan_of(graph, parameters_of(graph), 8, "train")
    first, second, again = (run(plan, x=ONES, t=ONES, key=key) for key in (1, 2, 1))
    assert first.equal(again)
    assert not first.equal(second)
    assert set(first.flatten().tolist()) == {0, 2}


def test_two_layers_drop_different_features_in_one_step() -> None:
    graph = graph_of(Dropout(0.5), Dropout(0.5), features=(20,))
    y = run(plan_of(graph, parameters_of(graph), 8, "train"), x=ONES, t=ONES, key=1)
    kept = float(y.ne(0).double().mean())
    assert 0.1 < kept < 0.4  # a quarter; half of them if both had one mask
    assert list(graph.inputs).count("key") == 1


def test_a_weight_learns_only_from_what_was_kept() -> None:
    graph = graph_of(Dropout(0.5), Dense(1, None, Gaussian(1)), features=(20,))
    parameters = parameters_of(graph)
    x = ONES[:1]
    run(plan_of(graph, parameters, 1, "train"), x=x, t=ONES[:1, :1], key=4)
    mask = graph_of(Dropout(0.5), features=(20,))
    kept = run(plan_of(mask, parameters_of(mask), 1, "train"), x=x, t=x, key=4)
    assert parameters.gradients["dense_2.weights"].equal(kept)


def test_in_evaluation_it_does_nothing_and_needs_no_key() -> None:
    graph = graph_of(Dropout(0.5), features=(20,))
    plan = plan_of(graph, parameters_of(graph), 8, "evaluate")
    x = numbers(8, 20)
    assert run(plan, x=x).equal(x)
    assert "key" not in plan.inputs


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, float("nan")])
def test_a_rate_that_is_no_share_below_1_is_refused(rate: Any) -> None:
    message = (
        rf"^Dropout: got rate={rate}, expected a number from 0 to below 1, such as rate=0\.5\.$"
    )
    with pytest.raises(InputError, match=message):
        Dropout(rate)


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(Network(Dropout(0.5))) == "Network(Dropout(0.5))"
