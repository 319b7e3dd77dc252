"""Activation: a function as a layer of its own."""

import pytest

from chainrule.errors import InputError
from chainrule.layers import Activation, Dense
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run


def test_behind_a_dense_layer_it_is_that_layers_activation() -> None:
    results = []
    for layers in ((Dense(4), Activation("tanh")), (Dense(4, "tanh"),)):
        graph = graph_of(*layers, features=(3,))
        plan = plan_of(graph, parameters_of(graph), 5, "evaluate")
        results.append(run(plan, x=numbers(5, 3)))
    assert results[0].equal(results[1])


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'rleu' is not known\. Did you mean 'relu'"):
        Activation("rleu")


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(Activation("relu")) == "Activation('relu')"
