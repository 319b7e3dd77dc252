"""Fusion: two operations become one that computes the same, where nobody needs what is between."""

import math
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import OPERATIONS, operation_kind, settings_of
from chainrule.graph.shape import BATCH
from chainrule.plan.fuse import fuse
from tests.ops.bound import Bound, Case
from tests.plan.networks import (
    apply,
    assert_all_close,
    batch_for,
    compiled,
    dense,
    perceptron,
    random_graph,
    results_of,
)

# Windows of max pooling that share pixels and reach beyond the picture.
OVERLAPPING = {"kernel": 3, "stride": 2, "padding": 1}


@given(seed=st.integers(0, 100_000), batch_size=st.integers(1, 5))
@settings(max_examples=60)
def test_a_fused_plan_computes_what_the_plain_one_does(seed: int, batch_size: int) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, batch_size, seed)
    fused = results_of(*compiled(graph, batch, fused=True))
    plain = results_of(*compiled(graph, batch, fused=False))
    assert_all_close(fused, plain, 1e-12)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_linear_takes_in_the_activation_behind_it(activation: str) -> None:
    graph = perceptron(4, 3, 2, activation=activation, loss="squared")
    first, *others = fuse(graph.nodes, graph.outputs.values())
    assert operation_kind(first.operation).name == "linear_activation"
    assert settings_of(first.operation) == {"activation": activation, "settings": {}}
    assert _names(others) == ["linear", "squared_error", "mean"]


def test_softmax_joins_the_cross_entropy_of_class_indices() -> None:
    graph = perceptron(4, 3, loss="sparse softmax")
    nodes = fuse(graph.nodes, [graph.outputs["loss"]])
    assert _names(nodes) == ["linear", "sparse_softmax_cross_entropy", "mean"]


def test_softmax_joins_the_cross_entropy_of_one_hot_rows() -> None:
    graph = perceptron(4, 3, loss="softmax")
    nodes = fuse(graph.nodes, [graph.outputs["loss"]])
    assert _names(nodes) == ["linear", "softmax_cross_entropy", "mean"]


def test_a_fused_node_reads_what_both_read_in_their_order() -> None:
    graph = perceptron(4, 3, loss="softmax")
    joined = fuse(graph.nodes, [graph.outputs["loss"]])[1]
    assert [value.name for value in joined.inputs] == ["linear_1", "t"]


def test_softmax_stays_where_its_probabilities_are_wanted() -> None:
    graph = perceptron(4, 3, loss="softmax")
    nodes = fuse(graph.nodes, graph.outputs.values())
    assert _names(nodes) == ["linear", "softmax", "cross_entropy", "mean"]


def test_linear_stays_where_its_sums_are_wanted() -> None:
    graph, z = _activated()
    assert _names(fuse(graph.nodes, [z, graph.outputs["y"]])) == ["linear", "tanh"]


def test_linear_stays_where_another_operation_reads_its_sums() -> None:
    graph, z = _activated()
    graph.output("y", apply(graph, "add", graph.outputs["y"], z))
    assert _names(fuse(graph.nodes, [graph.outputs["y"]])) == ["linear", "tanh", "add"]


def test_softmax_stays_where_it_is_its_own_target() -> None:
    graph = Graph()
    p = apply(graph, "softmax", graph.input("x", (BATCH, 3)))
    entropy = apply(graph, "cross_entropy", p, p)
    assert _names(fuse(graph.nodes, [entropy])) == ["softmax", "cross_entropy"]


def test_an_activation_of_something_else_than_linear_stays() -> None:
    graph = Graph()
    y = apply(graph, "relu", graph.input("x", (BATCH, 3)))
    assert _names(fuse(graph.nodes, [y])) == ["relu"]


def test_relu_is_left_for_behind_the_max_pooling_that_follows_it() -> None:
    graph = _pooled("relu")
    joined = fuse(graph.nodes, graph.outputs.values())
    assert _names(joined) == ["max_pool_relu", "mean"]
    assert settings_of(joined[0].operation) == {"kernel": 3, "stride": 2, "padding": 1}


# tanh rises everywhere, but numbers that differ may round to one tanh: then another pixel wins.
@pytest.mark.parametrize("activation", ["tanh", "leaky_relu", "elu"])
def test_other_activations_stay_before_max_pooling(activation: str) -> None:
    graph = _pooled(activation)
    assert _names(fuse(graph.nodes, graph.outputs.values())) == [activation, "max_pool", "mean"]


@given(data=st.data())
@settings(max_examples=60)
def test_max_pooling_before_relu_gives_the_very_result_and_gradient(data: st.DataObject) -> None:
    # Few different numbers: many windows have several of the largest, or nothing above 0.
    number = st.sampled_from([-math.inf, -2.0, -0.0, 0.0, 1e-40, 1.0, 2.0, math.inf, math.nan])
    pictures = data.draw(st.lists(number, min_size=50, max_size=50))
    slopes = data.draw(st.lists(st.sampled_from([-0.0, 1.0, -3.0]), min_size=18, max_size=18))
    x, dy = torch.tensor(pictures).view(2, 5, 5, 1), torch.tensor(slopes).view(2, 3, 3, 1)
    relu = Bound(Case(OPERATIONS["relu"], {}), {"x": x.view(2, 25)})
    pool = Bound(Case(OPERATIONS["max_pool"], OVERLAPPING), {"x": relu.run_forward().view_as(x)})
    pool["dy"].copy_(dy)
    relu["dy"].copy_(pool.run()["x"].view(2, 25))
    joined = Bound(Case(OPERATIONS["max_pool_relu"], OVERLAPPING), {"x": x})
    joined["dy"].copy_(dy)
    results = joined.run()
    _assert_same(results["y"], pool["y"])
    _assert_same(results["x"], relu.run_backward()["x"].view_as(x))


def _assert_same(actual: Tensor, expected: Tensor) -> None:
    """That all numbers are equal, nan to itself and -0 to 0."""
    torch.testing.assert_close(actual, expected, rtol=0, atol=0, equal_nan=True)


def _pooled(activation: str) -> Graph:
    graph = Graph()
    a = apply(graph, activation, graph.input("x", (BATCH, 5, 5, 2)))
    graph.output("y", apply(graph, "mean", apply(graph, "max_pool", a, **OVERLAPPING)))
    return graph


def _activated() -> tuple[Graph, Value]:
    graph = Graph()
    z = dense(graph, graph.input("x", (BATCH, 3)), 2, "dense")
    graph.output("y", apply(graph, "tanh", z))
    return graph, z


def _names(nodes: Sequence[Node]) -> list[str]:
    return [operation_kind(node.operation).name for node in nodes]
