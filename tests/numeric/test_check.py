"""The gradient check passes what is right and catches what is wrong by a thousandth."""

from functools import partial

import pytest
import torch
from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.graph.graph import Graph
from chainrule.graph.operation import Calls
from chainrule.layers import Dense, Network
from chainrule.numeric import relative_errors
from chainrule.ops import Linear, SquaredError, Tanh
from chainrule.plan import Parameters
from chainrule.training.objective.objective import objective_graph

LARGEST_ERROR = 1e-6
INPUTS, SAMPLES, CLASSES = 5, 8, 3
TASKS: tuple[Task, ...] = ("regression", "binary", "classification")


def graph_of(activation: str, depth: int, task: Task) -> Graph:
    hidden = [Dense(6, activation) for _ in range(depth)]
    outputs = CLASSES if task == "classification" else 1
    classes = {"regression": 0, "binary": 2, "classification": CLASSES}[task]
    return objective_graph(Network(*hidden, Dense(outputs)), (INPUTS,), task, classes)


def batch(task: Task) -> dict[str, Tensor]:
    draw = torch.Generator().manual_seed(1)
    x = torch.randn(SAMPLES, INPUTS, generator=draw, dtype=torch.float64)
    if task == "classification":
        return {"x": x, "t": torch.arange(SAMPLES) % CLASSES}
    t = torch.randn(SAMPLES, 1, generator=draw, dtype=torch.float64)
    return {"x": x, "t": (t > 0).double() if task == "binary" else t}


def errors_of(graph: Graph, task: Task, coordinates: int | None = None) -> dict[str, float]:
    values = Parameters.initialised(graph, seed=0, dtype=torch.float64).values
    return relative_errors(graph, values, batch(task), coordinates=coordinates)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("depth", [0, 1, 4])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_backpropagation_is_the_derivative_of_the_loss(
    activation: str, depth: int, task: Task
) -> None:
    errors = errors_of(graph_of(activation, depth, task), task)
    assert len(errors) == 2 * (depth + 1)
    assert max(errors.values()) < LARGEST_ERROR


@pytest.mark.parametrize("task", TASKS)
def test_a_sample_of_the_coordinates_is_as_exact(task: Task) -> None:
    errors = errors_of(graph_of("tanh", 2, task), task, coordinates=4)
    assert max(errors.values()) < LARGEST_ERROR


def test_parameters_are_given_back_as_they_were() -> None:
    graph = graph_of("relu", 2, "binary")
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    before = parameters.weights.clone()
    relative_errors(graph, parameters.values, batch("binary"))
    assert parameters.weights.equal(before)


def test_a_chain_rule_wrong_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Tanh.backward

    def wrong(self: Tanh, y: Tensor, dy: Tensor, dx: Tensor) -> Calls:
        return [*right(self, y, dy, dx), partial(dx.mul_, 1.001)]

    monkeypatch.setattr(Tanh, "backward", wrong)
    errors = errors_of(graph_of("tanh", 1, "regression"), "regression")
    for name in ("dense_1.weights", "dense_1.bias"):
        assert errors[name] == pytest.approx(1e-3, rel=1e-2)
    for name in ("dense_2.weights", "dense_2.bias"):
        assert errors[name] < LARGEST_ERROR


def test_a_wrong_gradient_of_the_weights_alone_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Linear.backward

    def wrong(
        self: Linear,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        calls = right(self, x, w, dy, dx, dw, db)
        return calls if dw is None else [*calls, partial(dw.mul_, 1.001)]

    monkeypatch.setattr(Linear, "backward", wrong)
    errors = errors_of(graph_of("sigmoid", 1, "binary"), "binary")
    assert [name for name, error in errors.items() if error > 5e-4] == [
        "dense_1.weights",
        "dense_2.weights",
    ]


def test_one_wrong_element_is_caught_where_all_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Linear.backward

    def wrong(
        self: Linear,
        x: Tensor,
        w: Tensor,
        dy: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        calls = right(self, x, w, dy, dx, dw, db)
        return calls if dw is None else [*calls, dw[0, 0].zero_]

    monkeypatch.setattr(Linear, "backward", wrong)
    graph = graph_of("tanh", 1, "classification")
    assert errors_of(graph, "classification")["dense_1.weights"] > 1e-2
    assert errors_of(graph, "classification", coordinates=1)["dense_1.weights"] < LARGEST_ERROR


def test_a_gradient_of_zero_where_there_should_be_one_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(self: SquaredError, dy: Tensor, dx: Tensor | None, **_: Tensor) -> Calls:
        return [] if dx is None else [dx.zero_]

    monkeypatch.setattr(SquaredError, "backward", silent)
    errors = errors_of(graph_of("relu", 1, "regression"), "regression")
    assert min(errors.values()) == pytest.approx(1)
