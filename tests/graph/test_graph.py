"""Graphs: how they grow, print, and refuse what does not fit."""

import pytest

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.ops import Add, Linear, Mean, Relu, SparseSoftmaxCrossEntropy, Sum, Tanh


def small() -> Graph:
    """One unit, its loss the mean of tanh (w x + b)."""
    graph = Graph()
    x = graph.input("x", (BATCH, 4))
    w, b = graph.parameter("w", (1, 4)), graph.parameter("b", (1,))
    y = graph.apply(Tanh(), graph.apply(Linear(), x, w, b), name="y")
    graph.output("prediction", y)
    graph.output("loss", graph.apply(Mean(), y))
    return graph


def test_a_graph_prints_a_line_a_value() -> None:
    assert str(small()) == "\n".join(
        [
            "input      x (batch, 4)",
            "parameter  w (1, 4)",
            "parameter  b (1)",
            "           linear_1 (batch, 1) = linear(x, w, b)",
            "           y (batch, 1) = tanh(linear_1)",
            "           mean_1 () = mean(y)",
            "output     prediction = y",
            "output     loss = mean_1",
        ]
    )


def test_values_without_a_name_are_numbered() -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    names = [graph.apply(Relu(), x).name for _ in range(3)]
    assert names == ["relu_1", "relu_2", "relu_3"]


def test_numbering_passes_over_names_that_are_taken() -> None:
    graph = Graph()
    x = graph.input("relu_1", (BATCH, 2))
    assert graph.apply(Relu(), x).name == "relu_2"


def test_too_few_inputs_are_refused_with_the_names_of_those_expected() -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    with pytest.raises(InputError) as error:
        graph.apply(Linear(), x)
    assert str(error.value) == "linear got 1 values, expected 3 (x, w, b)."


def test_too_many_inputs_are_refused() -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    with pytest.raises(InputError, match=r"^relu got 2 values, expected 1 \(x\)\.$"):
        graph.apply(Relu(), x, x)


def test_a_value_of_another_graph_is_refused() -> None:
    graph, other = Graph(), Graph()
    x, y = graph.input("x", (BATCH, 2)), other.input("y", (BATCH, 2))
    with pytest.raises(InputError) as error:
        graph.apply(Add(), x, y)
    assert str(error.value) == ("add got 'y' of another graph; build both its inputs in one graph.")


def test_a_name_that_is_taken_is_refused() -> None:
    graph = Graph()
    graph.input("x", (BATCH, 2))
    with pytest.raises(InputError) as error:
        graph.parameter("x", (2,))
    assert str(error.value) == "The graph has a value named 'x' already; give another name."


def test_what_is_refused_leaves_the_graph_as_it_was() -> None:
    graph = small()
    before = str(graph)
    with pytest.raises(InputError):
        graph.apply(Add(), graph.inputs["x"], graph.parameters["w"])
    with pytest.raises(InputError):
        graph.parameter("x", (2,))
    assert str(graph) == before


def test_nodes_that_nothing_wanted_depends_on_are_left_out() -> None:
    graph = small()
    graph.apply(Sum(), graph.inputs["x"], name="unwanted")
    needed = graph.needed_for({"prediction": graph.outputs["prediction"]})
    assert [node.output.name for node in needed] == ["linear_1", "y"]


def test_nodes_that_are_needed_come_in_the_order_of_computation() -> None:
    graph = small()
    needed = graph.needed_for(graph.outputs)
    assert [node.output.name for node in needed] == ["linear_1", "y", "mean_1"]


def test_an_input_of_the_wrong_type_is_refused() -> None:
    graph = Graph()
    x, t = graph.input("x", (BATCH, 3)), graph.input("t", (BATCH,))
    with pytest.raises(InputError, match="got 't' of type number for t; expected index"):
        graph.apply(SparseSoftmaxCrossEntropy(), x, t)
