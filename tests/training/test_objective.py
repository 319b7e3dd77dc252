"""The objective: which loss fits the task, and which networks do not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers import Dense, Network
from chainrule.ops.parts.loss import LOSSES
from chainrule.plan import Mode, Parameters, compile_plan
from chainrule.training.objective.objective import TARGETS, Objective, objective_graph, outputs_for

FEATURES = 4


def graph_for(
    task: Task, classes: int, *layers: Dense, objective: Objective | None = None
) -> Graph:
    return objective_graph(Network(*layers), (FEATURES,), task, classes, objective)


def outcome(
    task: Task,
    classes: int,
    targets: Tensor,
    objective: Objective | None = None,
    *,
    activation: str | None = None,
    mode: Mode = "evaluate",
    **inputs: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Scores W x + b, prediction and loss of one layer, in float64."""
    layer = Dense(outputs_for(task, classes), activation)
    graph = graph_for(task, classes, layer, objective=objective)
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    plan = compile_plan(
        graph, parameters, batch_size=len(targets), mode=mode, outputs=["loss", "prediction"]
    )
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(len(targets), FEATURES, generator=draw, dtype=torch.float64)
    for name, tensor in {"x": x, "t": targets, **inputs}.items():
        plan.inputs[name].copy_(tensor)
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
            "The last layer Dense(5) gives 5 scores per sample, but the target has 10 classes; "
            "expected 10. End the network with Dense(10).",
        ),
        (
            "binary",
            2,
            Dense(2),
            "The last layer Dense(2) gives 2 scores per sample, but the target has 2 classes; "
            "expected 1. End the network with Dense(1).",
        ),
        (
            "regression",
            0,
            Dense(3, "relu"),
            "The last layer Dense(3, 'relu') gives 3 scores per sample, but the target has "
            "numbers; expected 1. End the network with Dense(1).",
        ),
        (
            "classification",
            3,
            Dense(3, "sigmoid"),
            "The last layer Dense(3, 'sigmoid') ends with sigmoid, whose probabilities do not "
            "sum to 1; for 3 classes it must give scores, which softmax turns into probabilities. "
            "End the network with Dense(3) or Dense(3, 'softmax').",
        ),
        (
            "binary",
            2,
            Dense(1, "relu"),
            "The last layer Dense(1, 'relu') ends with relu, which is not linear; for 2 classes "
            "it must give scores, which sigmoid turns into probabilities. "
            "End the network with Dense(1) or Dense(1, 'sigmoid').",
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


def test_a_network_may_end_with_the_activation_that_its_task_would_add() -> None:
    targets = torch.tensor([0, 2, 1])
    expected = outcome("classification", 3, targets)
    for given, wanted in zip(
        outcome("classification", 3, targets, activation="softmax"), expected, strict=True
    ):
        torch.testing.assert_close(given, wanted, atol=1e-6, rtol=1e-6)  # the guard against log 0


@pytest.mark.parametrize("task", TARGETS)
def test_every_loss_of_a_task_can_be_minimised(task: Task) -> None:
    classes = {"regression": 0, "binary": 2, "classification": 3}[task]
    for name, loss in LOSSES.items():
        if loss.target in TARGETS[task]:
            graph = graph_for(
                task, classes, Dense(outputs_for(task, classes)), objective=Objective(name)
            )
            assert graph.outputs["loss"].shape == ()


def test_the_huber_loss_can_be_chosen() -> None:
    targets = torch.tensor([[0.3], [-1.0], [9.0]], dtype=torch.float64)
    scores, _, loss = outcome("regression", 0, targets, Objective("huber"))
    torch.testing.assert_close(loss, functional.huber_loss(scores, targets))


def test_one_hot_rows_give_the_loss_that_indices_give() -> None:
    targets = torch.tensor([0, 2, 1])
    rows = functional.one_hot(targets, 3).double()
    categorical = outcome("classification", 3, rows, Objective("categorical_cross_entropy"))
    for given, wanted in zip(categorical, outcome("classification", 3, targets), strict=True):
        torch.testing.assert_close(given, wanted)


def test_mixed_targets_are_one_hot_rows() -> None:
    mixed = torch.tensor([[0.7, 0.3, 0.0], [0.0, 0.5, 0.5]], dtype=torch.float64)
    scores, _, loss = outcome("classification", 3, mixed, Objective(mixed=True))
    torch.testing.assert_close(loss, functional.cross_entropy(scores, mixed))


def test_labels_are_smoothed_in_training_and_not_in_evaluation() -> None:
    targets, smooth = torch.tensor([0, 2, 1]), Objective(label_smoothing=0.2)
    scores, _, loss = outcome("classification", 3, targets, smooth, mode="train")
    expected = functional.cross_entropy(scores, targets, label_smoothing=0.2)
    torch.testing.assert_close(loss, expected)
    scores, _, loss = outcome("classification", 3, targets, smooth)
    torch.testing.assert_close(loss, functional.cross_entropy(scores, targets))


def test_the_loss_of_a_sample_counts_by_its_weight() -> None:
    targets, weights = torch.tensor([0, 2, 1]), torch.tensor([0.5, 2.0, 0.5])
    scores, _, loss = outcome(
        "classification", 3, targets, Objective(weighted=True), weights=weights
    )
    each = functional.cross_entropy(scores, targets, reduction="none")
    torch.testing.assert_close(loss, (each * weights).mean())


@pytest.mark.parametrize(
    ("task", "layers", "objective", "message"),
    [
        (
            "classification",
            (Dense(3, "softmax"),),
            Objective("mean_squared_error"),
            "loss 'mean_squared_error' is for numbers, but the target has 3 classes: behind "
            "softmax or sigmoid its gradient vanishes where the network is confidently wrong, and "
            "learning stops there. Use --loss ",
        ),
        (
            "regression",
            (Dense(1),),
            Objective("binary_cross_entropy"),
            "loss 'binary_cross_entropy' is for two classes, but the target has numbers. "
            "Use --loss mean_absolute_error or ",
        ),
        (
            "classification",
            (Dense(3),),
            Objective("sparse_categorical_cross_entropy", mixed=True),
            "takes one class for each sample, but mixup makes mixtures of two; expected one-hot "
            "targets. Use --loss categorical_cross_entropy, or leave out mixup.",
        ),
        (
            "classification",
            (Dense(3),),
            Objective("cross_entropy"),
            "loss 'cross_entropy' is not known. Did you mean",
        ),
        (
            "regression",
            (Dense(1),),
            Objective(label_smoothing=0.1),
            "label_smoothing: got 0.1 with the loss 'mean_squared_error'",
        ),
        (
            "regression",
            (Dense(5, "step"), Dense(1)),
            None,
            "The activation 'step' at 'dense_1' can't be trained through: its derivative is 0 "
            "everywhere, so no layer before it would learn. Use sigmoid",
        ),
    ],
    ids=["MSE on classes", "BCE on numbers", "mixup", "unknown", "smoothing", "step"],
)
def test_what_can_not_be_minimised_is_refused_before_training(
    task: Task, layers: tuple[Dense, ...], objective: Objective | None, message: str
) -> None:
    classes = 3 if task == "classification" else 0
    with pytest.raises(InputError) as error:
        graph_for(task, classes, *layers, objective=objective)
    assert message in str(error.value)
