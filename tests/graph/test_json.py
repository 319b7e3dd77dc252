"""The graph as JSON: it comes back as it was, and what is damaged is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.json import as_json, from_json
from chainrule.plan import Parameters
from tests.plan.networks import batch_for, compiled, perceptron, random_graph, results_of


def stored(graph: Graph) -> Any:
    """As a file gives it: through text."""
    return json.loads(json.dumps(as_json(graph)))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=50)
def test_any_graph_comes_back_as_it_was(seed: int) -> None:
    graph = random_graph(seed)
    again = from_json(stored(graph))
    assert str(again) == str(graph)
    assert as_json(again) == as_json(graph)


def test_a_graph_that_came_back_computes_the_same_bit_for_bit() -> None:
    graph = perceptron(5, 4, 3)
    batch = batch_for(graph, 6)
    plan, parameters = compiled(graph, batch)
    expected = results_of(plan, parameters)
    again = from_json(stored(graph))
    same = Parameters({n: tuple(v.shape) for n, v in parameters.values.items()}, torch.float64)
    same.load(parameters.values)
    plan, _ = compiled(again, batch, parameters=same)
    for name, tensor in results_of(plan, same).items():
        assert tensor.equal(expected[name]), name


def test_it_holds_neither_weights_nor_initialisers() -> None:
    record = stored(perceptron(2, 3, 2))
    assert set(record) == {"inputs", "parameters", "states", "nodes", "outputs"}
    assert record["parameters"][0] == {"name": "dense_1.w", "shape": [3, 2], "type": "number"}


def damaged(*path: Any, value: object) -> Any:
    """A stored graph with one part in it changed."""
    record = part = stored(perceptron(5, 4, 3))
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return record


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "The graph in the file is damaged: : Input should be a valid dictionary"),
        ({}, "The graph in the file is damaged: inputs: Field required."),
        (damaged("code", value="x"), "damaged: code: Extra inputs are not permitted."),
        (damaged("nodes", 0, "code", value="x"), "nodes.0.code: Extra inputs are not permitted."),
        (damaged("nodes", 0, "operation", value="exec"), "operation 'exec' is not known."),
        (damaged("nodes", 0, "operation", value="lineer"), "Did you mean 'linear'?"),
        (damaged("nodes", 0, "settings", value={"axis": 1}), "unexpected keyword argument 'axis'"),
        (damaged("nodes", 0, "inputs", value=["x"]), "linear got 1 values, expected 3 (x, w, b)."),
        (damaged("nodes", 0, "inputs", 0, value="y"), "damaged: 'y'."),
        (damaged("nodes", 0, "output", value="x"), "a value named 'x' already"),
        (damaged("parameters", 0, "shape", value=[4, 6]), "linear got x (batch, 5), w (4, 6)"),
        (damaged("parameters", 0, "shape", value=["batch", 5]), "linear got x (batch, 5), w (5)"),
        (damaged("parameters", 0, "shape", 0, value=-4), "greater than or equal to 0"),
        (damaged("parameters", 0, "shape", 0, value="4"), "should be a valid integer"),
        (damaged("inputs", 0, "type", value="code"), "'number' or 'index'"),
        (damaged("outputs", "loss", value="lost"), "damaged: 'lost'."),
    ],
)
def test_a_damaged_graph_is_refused(content: object, message: str) -> None:
    with pytest.raises(InputError) as error:
        from_json(content)
    assert message in str(error.value)


VALUES: list[object] = [
    *(None, -1, 0, 7, 1.5, True, "x", "batch", "mean", "", 10**30),
    *([], ["batch"], [[1]], [-3], {}, {"axis": "evil"}, {"axis": 7}, {"features": [0]}),
]


@given(data=st.data())
@settings(max_examples=200)
def test_any_damage_is_refused_as_an_input_error_or_harmless(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(paths(stored(perceptron(5, 4, 3))))))
    record = damaged(*path, value=data.draw(st.sampled_from(VALUES)))
    try:
        graph = from_json(record)
    except InputError:
        return
    assert isinstance(str(graph), str)


def paths(content: Any, start: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each place in nested lists and dictionaries."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*start, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*start, key))
