"""Fusion: two operations become one that computes the same, where nobody needs what is between."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import kind_of, settings_of
from chainrule.graph.shape import BATCH
from chainrule.plan.fuse import fuse
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


@given(seed=st.integers(0, 100_000), batch_size=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
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
    assert kind_of(first.operation).name == "linear_activation"
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


def _activated() -> tuple[Graph, Value]:
    graph = Graph()
    z = dense(graph, graph.input("x", (BATCH, 3)), 2, "dense")
    graph.output("y", apply(graph, "tanh", z))
    return graph, z


def _names(nodes: Sequence[Node]) -> list[str]:
    return [kind_of(node.operation).name for node in nodes]
