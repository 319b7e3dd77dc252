"""Losses: what they are called, the values of textbooks, and what only one of them promises."""

import math
from typing import get_args

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.operation import Operation, create, operation_kind, settings_of
from chainrule.graph.shape import BATCH
from chainrule.ops import (
    BinaryCrossEntropy,
    BinaryCrossEntropyOnProbabilities,
    CrossEntropy,
    HalfSumOfSquares,
    Huber,
    Linear,
    Mean,
    PerceptronCriterion,
    SoftmaxCrossEntropy,
    SparseCrossEntropy,
    SparseSoftmaxCrossEntropy,
    SquaredError,
)
from chainrule.ops.parts import loss as losses
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES, Loss, Target, loss
from chainrule.plan.fuse import fuse
from tests.ops.bound import Bound, Case, Memory, assert_close, run
from tests.plan.networks import (
    apply,
    assert_all_close,
    batch_for,
    by_autograd,
    compiled,
    dense,
    results_of,
)

# Losses with one operation on the scores and another behind the activation.
ON_BOTH = [name for name, entry in LOSSES.items() if entry.on_scores and entry.on_prediction]

SCORES = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], dtype=torch.float64)
CLASSES = torch.tensor([2, 1])
ONE_HOT = torch.nn.functional.one_hot(CLASSES, 3).double()

# Ten classes, the third is true; once it is thought the most probable and once the eighth is.
RIGHT = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
WRONG = [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0]
TRUE = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


# Saito (2016), Deep Learning from Scratch, 4.2: as numpy prints them there.
@pytest.mark.parametrize(
    ("operation", "of_right", "of_wrong"),
    [
        (HalfSumOfSquares(), 0.09750000000000003, 0.5975),
        (CrossEntropy(), 0.510825457099338, 2.302584092994546),
    ],
    ids=repr,
)
@pytest.mark.parametrize("batch_size", [1, 2, 64])
@pytest.mark.parametrize("memory", ["rows", "columns", "gaps"])
def test_the_values_of_the_textbook_come_out_to_the_last_digit(
    operation: Operation, of_right: float, of_wrong: float, batch_size: int, memory: Memory
) -> None:
    for p, expected in ((RIGHT, of_right), (WRONG, of_wrong)):
        inputs = {
            "x": torch.tensor([p] * batch_size, dtype=torch.float64),
            "t": torch.tensor([TRUE] * batch_size, dtype=torch.float64),
        }
        case = Case(operation_kind(operation), settings_of(operation))
        bound = Bound(case, inputs, memory={"x": memory, "t": memory})
        assert bound.run_forward().tolist() == [expected] * batch_size


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100])
def test_half_sum_of_squares_leaves_no_output_out(count: int) -> None:
    x = torch.arange(1.0, count + 1, dtype=torch.float64).unsqueeze(0)
    y = run(HalfSumOfSquares(), x=x, t=torch.zeros_like(x))["y"]
    assert y.item() == sum(i * i for i in range(1, count + 1)) / 2


def test_losses_have_the_names_that_people_use() -> None:
    assert set(LOSSES) >= {
        *("mean_squared_error", "half_sum_of_squares", "mean_absolute_error", "huber"),
        *("binary_cross_entropy", "categorical_cross_entropy", "sparse_categorical_cross_entropy"),
        "perceptron_criterion",
    }


# Those whose two operations compute the same.
CROSS_ENTROPIES = [n for n, entry in LOSSES.items() if entry.on_scores and entry.on_prediction]


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_one_number_a_sample(name: str) -> None:
    entry = LOSSES[name]
    assert entry.target in get_args(Target)
    for kind in filter(None, (entry.on_prediction, entry.on_scores)):
        t = (BATCH,) if entry.target == "index" else (BATCH, 3)
        assert kind().shape((BATCH, 3), t) == (BATCH,)


@pytest.mark.parametrize("name", CROSS_ENTROPIES)
def test_a_loss_on_scores_is_that_on_the_prediction_behind_its_activation(name: str) -> None:
    entry = LOSSES[name]
    assert entry.on_prediction
    assert entry.on_scores
    assert entry.activation
    prediction = ACTIVATIONS[entry.activation].operation.reference(SCORES)
    t = CLASSES if entry.target == "index" else ONE_HOT
    on_scores = run(entry.on_scores(), x=SCORES, t=t)["y"]
    # The guard moves a loss by 1e-7 / p, and the least probability here is 0.03.
    assert_close(on_scores, run(entry.on_prediction(), x=prediction, t=t)["y"], 1e-5)


def test_a_class_becomes_a_loss_where_it_is_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "LOSSES", {})
    assert loss("own", target="number")(SquaredError) is SquaredError
    loss("other", target="index")(SparseCrossEntropy)
    loss("other", target="index", activation="softmax")(SparseSoftmaxCrossEntropy)
    both = Loss("index", SparseCrossEntropy, SparseSoftmaxCrossEntropy, "softmax")
    assert losses.LOSSES["own"] == Loss("number", on_prediction=SquaredError)
    assert losses.LOSSES["other"] == both


def test_a_loss_is_registered_once() -> None:
    with pytest.raises(TypeError, match=r"^loss 'huber' is registered already$"):
        loss("huber", target="number")(SquaredError)


def test_one_loss_has_one_kind_of_target() -> None:
    with pytest.raises(TypeError, match=r"^loss 'huber' is registered already$"):
        loss("huber", target="index", activation="softmax")(SparseSoftmaxCrossEntropy)


def test_an_unknown_loss_is_refused_with_the_nearest() -> None:
    message = r"^loss 'mean_square_error' is not known\. Did you mean 'mean_squared_error'\?"
    with pytest.raises(InputError, match=message):
        LOSSES["mean_square_error"]


def test_squared_error_can_stand_behind_softmax() -> None:
    graph = Graph()
    p = apply(graph, "softmax", dense(graph, graph.input("x", (BATCH, 4)), 3, "dense"))
    t = graph.input("t", (BATCH, 3))
    graph.output("prediction", p)
    graph.output("loss", graph.apply(Mean(), graph.apply(SquaredError(), p, t)))
    batch = batch_for(graph, 5)
    plan, parameters = compiled(graph, batch)
    assert_all_close(
        results_of(plan, parameters), by_autograd(graph, parameters, batch, ["loss"]), 1e-12
    )


@pytest.mark.parametrize("name", CROSS_ENTROPIES)
def test_a_plan_computes_a_cross_entropy_behind_its_activation_on_the_scores(name: str) -> None:
    entry = LOSSES[name]
    assert entry.on_prediction
    assert entry.on_scores
    assert entry.activation
    graph = Graph()
    scores = dense(graph, graph.input("x", (BATCH, 4)), 3, "dense")
    p = apply(graph, entry.activation, scores)
    index = entry.target == "index"
    t = graph.input("t", (BATCH,), "index") if index else graph.input("t", (BATCH, 3))
    y = graph.apply(entry.on_prediction(), p, t)
    operations = [node.operation for node in fuse(graph.nodes, [y])]
    assert operations == [Linear(), entry.on_scores()]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_smoothed_targets_are_those_of_torch(share: float) -> None:
    theirs = torch.nn.functional.cross_entropy
    expected = theirs(SCORES, CLASSES, reduction="none", label_smoothing=share)
    of_indices = run(SparseSoftmaxCrossEntropy(share), x=SCORES, t=CLASSES)
    of_rows = run(SoftmaxCrossEntropy(share), x=SCORES, t=ONE_HOT)
    assert_close(of_indices["y"], expected, 1e-12)
    assert_close(of_rows["y"], expected, 1e-12)
    assert_close(of_indices["x"], of_rows["x"], 1e-12)


def test_smoothing_of_yes_or_no_is_that_of_two_classes() -> None:
    # sigmoid z is the second probability of softmax (0, z)
    z, t = torch.tensor([[1.5], [-0.5]], dtype=torch.float64), torch.tensor([1, 0])
    two = torch.cat([torch.zeros_like(z), z], 1)
    expected = torch.nn.functional.cross_entropy(two, t, reduction="none", label_smoothing=0.2)
    assert_close(run(BinaryCrossEntropy(0.2), x=z, t=t.double().unsqueeze(1))["y"], expected, 1e-12)


@pytest.mark.parametrize(
    "kind", ["softmax_cross_entropy", "sparse_softmax_cross_entropy", "binary_cross_entropy"]
)
def test_labels_are_smoothed_in_training_alone(kind: str) -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 3))
    sparse = kind.startswith("sparse")
    t = graph.input("t", (BATCH,), "index") if sparse else graph.input("t", (BATCH, 3))
    smoothed, plain = create(kind, {"label_smoothing": 0.1}), create(kind, {})
    graph.output("loss", graph.apply(Mean(), graph.apply(smoothed, x, t)))
    batch = {"x": SCORES, "t": CLASSES if sparse else ONE_HOT}
    in_training, _ = compiled(graph, batch, mode="train")
    in_evaluation, _ = compiled(graph, batch, mode="evaluate")
    for plan, operation in ((in_training, smoothed), (in_evaluation, plain)):
        plan.forward()
        assert_close(plan.outputs["loss"], _mean_loss(operation, batch), 1e-12)


def _mean_loss(operation: Operation, batch: dict[str, Tensor]) -> Tensor:
    return operation.reference(batch["x"], batch["t"]).mean()


def test_smoothed_targets_are_reached_by_finite_scores() -> None:
    best = torch.log(torch.tensor([[0.05, 0.95]], dtype=torch.float64))
    gradient = run(SparseSoftmaxCrossEntropy(0.1), x=best, t=torch.tensor([1]))["x"]
    assert gradient.abs().max() < 1e-15


@pytest.mark.parametrize("share", [-0.1, 1.0, math.nan])
@pytest.mark.parametrize(
    "operation", [BinaryCrossEntropy, SoftmaxCrossEntropy, SparseSoftmaxCrossEntropy]
)
def test_a_share_that_leaves_no_target_is_refused(
    operation: type[BinaryCrossEntropy], share: float
) -> None:
    message = (
        rf"^{operation.__name__}: got label_smoothing={share}, expected a number from 0 to below 1"
    )
    with pytest.raises(InputError, match=message):
        operation(label_smoothing=share)


@pytest.mark.parametrize(
    "operation", [BinaryCrossEntropyOnProbabilities, CrossEntropy, SparseCrossEntropy]
)
def test_a_guard_that_guards_nothing_is_refused(operation: type[CrossEntropy]) -> None:
    message = (
        rf"^{operation.__name__}: got delta=0, expected a positive number, such as delta=1e-07\.$"
    )
    with pytest.raises(InputError, match=message):
        operation(delta=0)


def test_huber_without_a_squared_part_is_refused() -> None:
    message = r"^Huber: got delta=0, expected a positive number, such as delta=1\.0\.$"
    with pytest.raises(InputError, match=message):
        Huber(delta=0)


def test_gradient_descent_on_the_perceptron_criterion_is_the_perceptron_rule() -> None:
    scores = torch.tensor([[2.0], [-3.0], [0.0], [-1.0]], dtype=torch.float64)
    targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    results = run(PerceptronCriterion(), x=scores, t=targets)
    assert results["y"].tolist() == [2, 3, 0, 0]
    assert results["x"].flatten().tolist() == [1, -1, -1, 0]  # step(x) - t, of which 0 counts as no
