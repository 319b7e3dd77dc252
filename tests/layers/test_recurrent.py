"""RNN, LSTM and GRU as layers: what they read and give, how they begin, and that they learn."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import chainrule as cr
from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.json import as_json, from_json
from chainrule.graph.shape import BATCH, Shape
from chainrule.layers import GRU, LSTM, RNN, Dense, Network
from chainrule.layers.initialisers import Gaussian, Orthogonal, Xavier, Zeros
from chainrule.layers.initialisers.gates import EachGate, GateBiases
from chainrule.plan import Parameters
from tests.allocations import allocations
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

KINDS: tuple[Any, ...] = (RNN, LSTM, GRU)
GATES = {RNN: 1, LSTM: 4, GRU: 3}
every_kind = pytest.mark.parametrize("kind", KINDS)


def output_shape(layer: Any, *features: int) -> Shape:
    graph = Graph()
    output: Value = layer.build(graph, graph.input("x", (BATCH, *features)), "layer")
    return output.shape


def states_of(layer: Any, x: Tensor) -> Tensor:
    """The layer's output for x, in evaluation, with its initial weights."""
    graph = graph_of(layer, features=tuple(x.shape[1:]))
    return run(plan_of(graph, parameters_of(graph), len(x), "evaluate"), x=x)


@every_kind
def test_it_gives_the_last_state_or_all_of_them(kind: Any) -> None:
    assert output_shape(kind(6), 5, 3) == (BATCH, 6)
    assert output_shape(kind(6, sequences=True), 5, 3) == (BATCH, 5, 6)
    x = numbers(4, 5, 3)
    assert states_of(kind(6), x).equal(states_of(kind(6, sequences=True), x)[:, -1])


@every_kind
def test_each_row_of_a_picture_is_a_step(kind: Any) -> None:
    colour = numbers(4, 5, 2, 3)
    assert states_of(kind(6), colour).equal(states_of(kind(6), colour.flatten(2)))


@every_kind
def test_what_is_no_sequence_is_refused_with_what_to_use(kind: Any) -> None:
    with pytest.raises(InputError) as error:
        kind(6).build(graph := Graph(), graph.input("x", (BATCH, 8)), "layer_2")
    assert str(error.value) == (
        f"layer_2, {kind.__name__}(6): got x (batch, 8); expected sequences (batch, time, "
        "features), or pictures, which are read row by row. Columns of a table have no order in "
        "time: use Dense for them. Behind another recurrent layer, give that one sequences=True."
    )


@every_kind
def test_a_layer_without_units_is_refused(kind: Any) -> None:
    with pytest.raises(InputError) as error:
        kind(0)
    assert str(error.value) == (
        f"{kind.__name__}: got units=0, expected a whole number of at least 1, such as units=32."
    )


@every_kind
def test_chunks_without_a_step_are_refused(kind: Any) -> None:
    with pytest.raises(InputError) as error:
        kind(6, truncate=0)
    assert str(error.value) == (
        f"{kind.__name__}: got truncate=0, expected a whole number of at least 1, such as "
        "truncate=16."
    )


@every_kind
def test_it_is_shown_as_it_would_be_written(kind: Any) -> None:
    name = kind.__name__
    assert repr(kind(6)) == f"{name}(6)"
    layer = kind(6, sequences=True, truncate=3, initialiser=Xavier("uniform"))
    assert repr(layer) == (f"{name}(6, sequences=True, truncate=3, initialiser=Xavier('uniform'))")


@every_kind
def test_parameters_are_named_after_the_layer_and_have_a_block_of_rows_for_each_gate(
    kind: Any,
) -> None:
    graph = graph_of(kind(6), features=(5, 3))
    first, rows = f"{kind.__name__.lower()}_1", 6 * GATES[kind]
    expected: dict[str, Shape] = {
        f"{first}.weights": (rows, 3),
        f"{first}.state_weights": (rows, 6),
        f"{first}.bias": (rows,),
    }
    if kind is GRU:
        expected[f"{first}.state_bias"] = (6,)
    assert {name: value.shape for name, value in graph.parameters.items()} == expected


@every_kind
def test_each_gate_begins_with_weights_of_its_own(kind: Any) -> None:
    graph = graph_of(kind(6, initialiser=Gaussian(0.1)), features=(5, 3))
    first = f"{kind.__name__.lower()}_1"
    assert graph.initialisers[f"{first}.weights"] == EachGate(Gaussian(0.1), GATES[kind])
    assert graph.initialisers[f"{first}.state_weights"] == EachGate(Orthogonal(), GATES[kind])
    by_states = parameters_of(graph).values[f"{first}.state_weights"]
    gates = by_states.chunk(GATES[kind])
    assert not any(one.equal(other) for one, other in combinations(gates, 2))
    for gate in gates:
        torch.testing.assert_close(gate @ gate.T, torch.eye(6, dtype=torch.float64))


@every_kind
def test_weights_of_inputs_begin_as_those_of_one_dense_layer_for_each_gate(kind: Any) -> None:
    graph = graph_of(kind(400), features=(5, 100))
    drawn = parameters_of(graph).values[f"{kind.__name__.lower()}_1.weights"]
    assert graph.initialisers[f"{kind.__name__.lower()}_1.weights"] == EachGate(
        Xavier(), GATES[kind]
    )
    assert float(drawn.var()) == pytest.approx(2 / (400 + 100), rel=0.02)


def test_biases_of_an_lstm_begin_at_0_but_at_1_for_the_forget_gate() -> None:
    graph = graph_of(LSTM(2), features=(5, 3))
    bias = parameters_of(graph).values["lstm_1.bias"]
    assert bias.tolist() == [0, 0, 0, 0, 1, 1, 0, 0]  # output, input, forget, candidate


@pytest.mark.parametrize("kind", [RNN, GRU])
def test_other_biases_begin_at_0(kind: Any) -> None:
    graph = graph_of(kind(2), features=(5, 3))
    biases = [i for name, i in graph.initialisers.items() if name.endswith("bias")]
    assert biases == [GateBiases((0.0,) * GATES[kind]), *[Zeros()] * (kind is GRU)]


def test_layers_on_each_other_are_those_of_torch_with_all_gradients() -> None:
    graph = graph_of(LSTM(6, sequences=True), LSTM(5), features=(7, 3))
    parameters = parameters_of(graph)
    plan = plan_of(graph, parameters, 4, "train")
    x, t = numbers(4, 7, 3), numbers(4, 5, seed=1)
    y = run(plan, x=x, t=t)
    lower, upper = (
        nn.LSTM(3, 6, batch_first=True).double(),
        nn.LSTM(6, 5, batch_first=True).double(),
    )
    weights = {
        f"lstm_{n}.{ours}": dict(layer.named_parameters())[theirs]
        for n, layer in ((1, lower), (2, upper))
        for ours, theirs in (
            ("weights", "weight_ih_l0"),
            ("state_weights", "weight_hh_l0"),
            ("bias", "bias_ih_l0"),
        )
    }
    with torch.no_grad():
        for layer in (lower, upper):
            dict(layer.named_parameters())["bias_hh_l0"].zero_()
        for name, weight in weights.items():
            weight.copy_(_in_torchs_order(parameters.values[name]))
    expected = upper(lower(x)[0])[0][:, -1]
    gradients = torch.autograd.grad((expected * t).mean(), list(weights.values()))
    torch.testing.assert_close(y, expected.detach(), rtol=1e-10, atol=1e-12)
    for name, gradient in zip(weights, gradients, strict=True):
        ours = _in_torchs_order(parameters.gradients[name])
        torch.testing.assert_close(ours, gradient, rtol=1e-10, atol=1e-12)


def _in_torchs_order(rows: Tensor) -> Tensor:
    out, *others = rows.chunk(4)
    return torch.cat([*others, out])


@every_kind
def test_batches_of_any_size_give_each_sample_the_same(kind: Any) -> None:
    x = numbers(5, 7, 3)
    whole = states_of(kind(6), x)
    for one, state in zip(x, whole, strict=True):
        torch.testing.assert_close(
            states_of(kind(6), one.unsqueeze(0))[0], state, rtol=1e-12, atol=1e-14
        )


@every_kind
def test_evaluation_gives_what_training_gives(kind: Any) -> None:
    x = numbers(5, 7, 3)
    graph = graph_of(kind(6, truncate=2), features=(7, 3))
    parameters = parameters_of(graph)
    trained = run(plan_of(graph, parameters, 5, "train"), x=x, t=numbers(5, 6))
    assert run(plan_of(graph, parameters, 5, "evaluate"), x=x).equal(trained)


@every_kind
def test_a_step_allocates_nothing(kind: Any) -> None:
    graph = graph_of(kind(16, sequences=True), kind(8, truncate=3), Dense(2), features=(7, 5))
    plan = plan_of(graph, parameters_of(graph), 32, "train")
    assert allocations([plan.step]) == []


@every_kind
def test_a_graph_that_came_back_from_json_computes_the_same_bit_for_bit(kind: Any) -> None:
    graph = graph_of(kind(6, sequences=True, truncate=2), kind(4), features=(5, 3))
    parameters = parameters_of(graph)
    x, t = numbers(4, 5, 3), numbers(4, 4)
    expected = run(plan_of(graph, parameters, 4, "train"), x=x, t=t)
    again = from_json(json.loads(json.dumps(as_json(graph))))
    assert as_json(again) == as_json(graph)
    same = Parameters.zeros(again, torch.float64)
    same.load(parameters.values)
    assert run(plan_of(again, same, 4, "train"), x=x, t=t).equal(expected)
    assert same.gradient.equal(parameters.gradient)


def test_an_lstm_learns_to_read_digits_row_by_row() -> None:
    run = cr.train(
        Network(LSTM(32), Dense(10)),
        digits(),
        epochs=8,
        learning_rate=0.01,
        progress=False,
    )
    assert run.test["accuracy"] > 0.9


def digits() -> Images:
    """The 8 x 8 digits of the demonstration, as pictures."""
    packed = (files("chainrule.demo") / "digits.csv.gz").read_bytes()
    table = np.loadtxt(gzip.decompress(packed).decode().splitlines(), delimiter=",", skiprows=1)
    pixels = (table[:, :64] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8)
    return Images("digits", pixels, Column("digit", table[:, 64]))
