"""What training and evaluation do differently: states that operations change, keys they draw by."""

import copy
from functools import partial

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph import operation as registry
from chainrule.graph.graph import Graph
from chainrule.graph.json import as_json, from_json
from chainrule.graph.operation import Calls, Sample, Workspace, create, op
from chainrule.graph.shape import BATCH, Shape
from chainrule.plan import Mode, Parameters, Plan, compile_plan
from tests.plan.networks import Normal


class Plain:
    """y = x."""

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(y.copy_, x)]

    def backward(self, dy: Tensor, dx: Tensor | None) -> Calls:
        return [] if dx is None else [partial(dx.copy_, dy)]


class Noisy:
    """y = x + key in training, where calls counts the steps; y = x in evaluation."""

    def shape(self, x: Shape, key: Shape, calls: Shape) -> Shape:
        return x

    def reference(self, x: Tensor, key: Tensor, calls: Tensor) -> Tensor:
        return x + key

    def forward(
        self, x: Tensor, key: Tensor, calls: Tensor, y: Tensor, twice: Tensor, indices: Tensor
    ) -> Calls:
        return [
            partial(torch.add, x, key, out=y),
            partial(calls.add_, 1),
            partial(torch.cat, [x, x], dim=-1, out=twice),
            partial(indices.fill_, 2**40 + 1),
        ]

    def backward(self, twice: Tensor, indices: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        def check() -> None:
            assert twice.shape == (*dy.shape[:-1], 2 * dy.shape[-1])
            assert indices.eq(2**40 + 1).all()  # more digits than a float32 has

        return [check] if dx is None else [check, partial(dx.copy_, dy)]

    def for_evaluation(self) -> registry.Operation:
        return create("plain", {})


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "OPERATIONS", copy.copy(registry.OPERATIONS))
    op("plain")(type("Plain", (Plain,), {}))  # the decorator makes a class final: a fresh one
    op(
        "noisy",
        updates=("calls",),
        workspace={"twice": Workspace("x", times=2), "indices": Workspace("x", type="index")},
        samples={"key": Sample((), "key"), "calls": Sample((1,))},
    )(type("Noisy", (Noisy,), {}))


def noisy_graph() -> Graph:
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    calls = graph.state("calls", (1,), Normal())
    scores = graph.apply(
        create("linear", {}),
        x,
        graph.parameter("w", (3, 2), Normal()),
        graph.parameter("b", (3,), Normal()),
    )
    noisy = graph.apply(create("noisy", {}), scores, graph.key(), calls)
    graph.output("loss", graph.apply(create("mean", {}), graph.apply(create("sum", {}), noisy)))
    graph.output("prediction", noisy)
    return graph


def plan_for(graph: Graph, parameters: Parameters, mode: Mode) -> Plan:
    plan = compile_plan(graph, parameters, batch_size=4, mode=mode)
    plan.inputs["x"].fill_(1)
    return plan


def test_a_step_of_training_changes_the_states() -> None:
    graph = noisy_graph()
    parameters = Parameters.initialised(graph, seed=0)
    parameters.values["calls"].zero_()
    plan = plan_for(graph, parameters, "train")
    plan.step()
    plan.gradient_step()
    assert parameters.values["calls"].item() == 2


def test_evaluation_neither_draws_nor_changes_a_state() -> None:
    graph = noisy_graph()
    parameters = Parameters.initialised(graph, seed=0)
    before = parameters.everything.clone()
    plan = plan_for(graph, parameters, "evaluate")
    plan.forward()
    assert "key" not in plan.inputs
    expected = parameters.values["w"].sum(1) + parameters.values["b"]
    assert plan.outputs["prediction"].allclose(expected.expand(4, 3))
    assert parameters.everything.equal(before)


def test_each_step_of_training_brings_its_key() -> None:
    graph = noisy_graph()
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=4, mode="train", outputs=["prediction"])
    results = []
    for key in (3, 5):
        plan.inputs["key"].fill_(key)
        plan.step()
        results.append(plan.outputs["prediction"].clone())
    assert torch.allclose(results[1] - results[0], torch.tensor(2.0))


def test_all_operations_of_a_graph_draw_by_the_same_key() -> None:
    graph = noisy_graph()
    assert graph.key() is graph.key()


def test_states_lie_behind_the_weights_out_of_reach_of_gradient_and_optimizer() -> None:
    parameters = Parameters.initialised(noisy_graph(), seed=0)
    assert set(parameters.gradients) == {"w", "b"}
    assert parameters.gradient.shape == parameters.weights.shape
    parameters.weights.fill_(9)
    assert not parameters.values["calls"].eq(9).any()
    parameters.everything.fill_(8)
    assert all(value.eq(8).all() for value in parameters.values.values())
    assert parameters.count == 3 * 2 + 3


def test_a_stored_graph_keeps_its_states() -> None:
    graph = noisy_graph()
    again = from_json(as_json(graph))
    assert str(again) == str(graph)
    assert "state      calls (1)" in str(graph)


def test_what_an_operation_changes_has_to_be_a_state() -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    weights = graph.parameter("weights", (1,))
    with pytest.raises(
        InputError, match="noisy changes calls, but 'weights' is no state; expected"
    ):
        graph.apply(create("noisy", {}), x, graph.key(), weights)
