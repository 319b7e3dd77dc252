"""The objective: which loss fits the task, and which networks do not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.task import Task
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters, compile_plan
from chainrule.training.objective import objective_graph, outputs_for

FEATURES = 4


def graph_for(task: Task, classes: int, *layers: Dense) -> Graph:
    return objective_graph(Network(*layers), (FEATURES,), task, classes)


def outcome(task: Task, classes: int, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scores W x + b, prediction and loss of one layer, in float64."""
    graph = graph_for(task, classes, Dense(outputs_for(task, classes)))
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    plan = compile_plan(graph, parameters, batch_size=len(targets), mode="evaluate")
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(len(targets), FEATURES, generator=draw, dtype=torch.float64)
    plan.inputs["x"].copy_(x)
    plan.inputs["t"].copy_(targets)
    plan.forward()
    scores = functional.linear(x, *parameters.values.values())
    return scores, plan.outputs["prediction"], plan.outputs["loss"]


def test_numbers_are_predicted_by_the_scores_under_the_mean_squared_error() -> None:
    targets = torch.tensor([[0.3], [-1.0], [2.0]], dtype=torch.float64)
    scores, prediction, loss = outcome("regression", 0, targets)
    torch.testing.assert_close(prediction, scores)
    torch.testing.assert_close(loss, functional.mse_loss(scores, targets))


def test_two_classes_are_predicted_by_sigmoid_under_binary_cross_entropy() -> None:
    targets = torch.tensor([[0], [1], [1]], dtype=torch.float64)
    scores, prediction, loss = outcome("binary", 2, targets)
    torch.testing.assert_close(prediction, scores.sigmoid())
    torch.testing.assert_close(loss, functional.binary_cross_entropy_with_logits(scores, targets))


def test_classes_are_predicted_by_softmax_under_cross_entropy() -> None:
    targets = torch.tensor([0, 2, 1])
    scores, prediction, loss = outcome("classification", 3, targets)
    torch.testing.assert_close(prediction, scores.softmax(-1))
    torch.testing.assert_close(loss, functional.cross_entropy(scores, targets))


@pytest.mark.parametrize(
    ("task", "classes", "layer", "message"),
    [
        (
            "classification",
            10,
            Dense(5),
            "The last layer Dense(5) gives 5 scores a sample, but the target has 10 classes; "
            "expected 10. End the network with Dense(10).",
        ),
        (
            "binary",
            2,
            Dense(2),
            "The last layer Dense(2) gives 2 scores a sample, but the target has 2 classes; "
            "expected 1. End the network with Dense(1).",
        ),
        (
            "regression",
            0,
            Dense(3, "relu"),
            "The last layer Dense(3, 'relu') gives 3 scores a sample, but the target has numbers; "
            "expected 1. End the network with Dense(1).",
        ),
        (
            "classification",
            3,
            Dense(3, "sigmoid"),
            "The last layer Dense(3, 'sigmoid') ends with sigmoid, but the cross entropy of 3 "
            "classes works on scores and brings its own. End the network with Dense(3).",
        ),
        (
            "binary",
            2,
            Dense(1, "relu"),
            "The last layer Dense(1, 'relu') ends with relu, but the cross entropy of 2 classes "
            "works on scores and brings its own. End the network with Dense(1).",
        ),
    ],
    ids=["too few", "one too many", "numbers", "activation", "binary activation"],
)
def test_a_last_layer_that_does_not_fit_is_refused(
    task: Task, classes: int, layer: Dense, message: str
) -> None:
    with pytest.raises(InputError) as error:
        graph_for(task, classes, Dense(6, "relu"), layer)
    assert str(error.value) == message


def test_numbers_may_be_predicted_through_an_activation() -> None:
    graph = graph_for("regression", 0, Dense(1, "sigmoid"))
    assert graph.outputs["prediction"].name == "dense_1"
