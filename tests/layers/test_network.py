"""Network: layers in a row, a description without weights."""

import pytest

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Flatten, Network


def built(network: Network, *features: int) -> Graph:
    graph = Graph()
    graph.output("y", network.build(graph, graph.input("x", (BATCH, *features))))
    return graph


def test_a_network_without_layers_is_refused() -> None:
    message = r"^Network\(\) has no layers; expected at least one, such as Dense\(10\)\.$"
    with pytest.raises(InputError, match=message):
        Network()


def test_each_layer_reads_what_the_one_before_it_makes() -> None:
    graph = built(Network(Dense(5, "relu"), Dense(4, "tanh"), Dense(2)), 3)
    assert [value.shape for name, value in graph.parameters.items() if "weights" in name] == [
        (5, 3),
        (4, 5),
        (2, 4),
    ]
    assert graph.outputs["y"].shape == (BATCH, 2)


def test_parameters_are_named_after_kind_and_place_of_their_layer() -> None:
    graph = built(Network(Flatten(), Dense(5, "relu"), Dense(2)), 3, 2)
    assert list(graph.parameters) == [
        "dense_2.weights",
        "dense_2.bias",
        "dense_3.weights",
        "dense_3.bias",
    ]


def test_one_network_serves_data_of_different_widths() -> None:
    network = Network(Dense(5, "relu"), Dense(1))
    narrow, wide, picture = built(network, 3), built(network, 7), built(network, 4, 4)
    widths = [graph.parameters["dense_1.weights"].shape for graph in (narrow, wide, picture)]
    assert widths == [(5, 3), (5, 7), (5, 16)]


def test_a_layer_used_twice_has_parameters_of_its_own_in_each_place() -> None:
    layer = Dense(3, "relu")
    assert len(built(Network(layer, layer), 3).parameters) == 4


def test_a_network_shows_as_it_would_be_written() -> None:
    network = Network(Flatten(), Dense(50, "relu"), Dense(10))
    assert repr(network) == "Network(Flatten(), Dense(50, 'relu'), Dense(10))"
