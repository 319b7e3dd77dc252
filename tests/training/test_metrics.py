"""Metrics: as scikit-learn computes them, in the unit of the target, finite for any input."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.training.metrics import (
    METRICS,
    OF_EPOCHS,
    Metric,
    accuracy,
    average_precision,
    balanced_accuracy,
    brier_score,
    confusion_matrix,
    f1,
    log_loss,
    mae,
    mape,
    measure,
    precision,
    r2,
    recall,
    rmse,
    roc_auc,
    top_5_accuracy,
    top_k_accuracy,
)

Theirs = Callable[[Tensor, Tensor], float]
Samples = tuple[Tensor, Tensor]

few_examples = settings(max_examples=30)


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@st.composite
def samples_of_classes(draw: st.DrawFn) -> Samples:
    """Probabilities (n, classes) and class indices (n,), with what is awkward among them.

    Ties, certain mistakes, classes that are never predicted, classes without a sample.
    """
    classes, n = draw(st.integers(3, 8)), draw(st.integers(1, 40))
    scores = 2 * random(draw(st.integers(0, 10_000)), n, classes)
    scores = scores.round(decimals=draw(st.sampled_from([0, 1, 9])))
    scores[:, draw(st.integers(0, classes - 1))] -= draw(st.sampled_from([0.0, 3, 2000]))
    present = draw(st.lists(st.integers(0, classes - 1), min_size=1, unique=True))
    targets = draw(st.lists(st.sampled_from(present), min_size=n, max_size=n))
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    return scores.softmax(-1).to(dtype), torch.tensor(targets)


@st.composite
def samples_of_yes_or_no(draw: st.DrawFn) -> Samples:
    """Probabilities of yes (n, 1) and 0 or 1 (n, 1), with ties, certainty, or one class alone."""
    n = draw(st.integers(1, 40))
    scores = draw(st.sampled_from([1, 5, 2000])) * random(draw(st.integers(0, 10_000)), n, 1)
    scores = scores.round(decimals=draw(st.sampled_from([0, 1, 9])))
    targets = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=n, max_size=n))
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    return scores.sigmoid().to(dtype), torch.tensor(targets).unsqueeze(1)


def of_predicted_classes(score: Callable[..., float], **options: object) -> Theirs:
    """A score of scikit-learn that takes classes; of more than two, over those with a sample."""

    def theirs(probabilities: Tensor, classes: Tensor) -> float:
        if probabilities.shape[1] == 1:
            predicted, chosen = (probabilities[:, 0] > 0.5).double(), options
        else:
            predicted, chosen = probabilities.argmax(1), options
            if options:
                chosen = options | {"labels": np.unique(classes), "average": "macro"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of predicted classes without a sample
            return float(score(classes.flatten().numpy(), predicted.numpy(), **chosen))

    return theirs


def their_roc_auc(probabilities: Tensor, classes: Tensor) -> float | None:
    """The mean over the classes that have a sample; None of one class, where theirs is nan."""
    truth = classes.flatten()
    if len(np.unique(truth)) == 1:
        return None
    if probabilities.shape[1] == 1:
        return float(sklearn_metrics.roc_auc_score(truth.numpy(), probabilities[:, 0].numpy()))
    areas = [
        sklearn_metrics.roc_auc_score((truth == present).numpy(), probabilities[:, present].numpy())
        for present in np.unique(truth)
    ]
    return float(np.mean(areas))


def their_average_precision(probabilities: Tensor, classes: Tensor) -> float | None:
    """The mean over the classes that have a sample; None without the positive class, where 0."""
    truth = classes.flatten()
    if probabilities.shape[1] == 1:
        score = sklearn_metrics.average_precision_score
        return float(score(truth.numpy(), probabilities[:, 0].numpy())) if truth.any() else None
    present = np.unique(truth)
    scores = [
        sklearn_metrics.average_precision_score((truth == c).numpy(), probabilities[:, c].numpy())
        for c in present
    ]
    return float(np.mean(scores))


def of_probabilities(score: Callable[..., float]) -> Theirs:
    """A score of scikit-learn that takes probabilities, of all classes."""

    def theirs(probabilities: Tensor, classes: Tensor) -> float:
        count = max(2, probabilities.shape[1])
        scores = probabilities[:, 0] if probabilities.shape[1] == 1 else probabilities
        return float(score(classes.flatten().numpy(), scores.numpy(), labels=range(count)))

    return theirs


CLASSES: dict[str, tuple[Metric, Callable[[Tensor, Tensor], float | None]]] = {
    "accuracy": (accuracy, of_predicted_classes(sklearn_metrics.accuracy_score)),
    "balanced_accuracy": (
        balanced_accuracy,
        of_predicted_classes(sklearn_metrics.balanced_accuracy_score),
    ),
    "precision": (
        precision,
        of_predicted_classes(sklearn_metrics.precision_score, zero_division=0),
    ),
    "recall": (recall, of_predicted_classes(sklearn_metrics.recall_score, zero_division=0)),
    "f1": (f1, of_predicted_classes(sklearn_metrics.f1_score, zero_division=0)),
    "roc_auc": (roc_auc, their_roc_auc),
    "average_precision": (average_precision, their_average_precision),
    "log_loss": (log_loss, of_probabilities(sklearn_metrics.log_loss)),
    "brier_score": (brier_score, of_probabilities(sklearn_metrics.brier_score_loss)),
}
NUMBERS: dict[str, tuple[Metric, Theirs]] = {
    "rmse": (rmse, sklearn_metrics.root_mean_squared_error),
    "mae": (mae, sklearn_metrics.mean_absolute_error),
    "mape": (mape, sklearn_metrics.mean_absolute_percentage_error),
    "r2": (r2, sklearn_metrics.r2_score),
}


def test_every_metric_is_compared_here() -> None:
    named = {name for metrics in METRICS.values() for name in metrics}
    assert named == {*CLASSES, *NUMBERS, "top_5_accuracy"}


@pytest.mark.parametrize("name", CLASSES)
@given(samples=samples_of_classes())
@few_examples
def test_scores_of_classes_are_those_of_scikit_learn(name: str, samples: Samples) -> None:
    assert_as_in_scikit_learn(name, samples)


@pytest.mark.parametrize("name", CLASSES)
@given(samples=samples_of_yes_or_no())
@few_examples
def test_scores_of_yes_or_no_are_those_of_scikit_learn(name: str, samples: Samples) -> None:
    assert_as_in_scikit_learn(name, samples)


def assert_as_in_scikit_learn(name: str, samples: Samples) -> None:
    ours, theirs = (score(*samples) for score in CLASSES[name])
    if theirs is None:
        assert ours is None
    else:
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", NUMBERS)
@given(seed=st.integers(0, 1000), count=st.integers(2, 50))
@few_examples
def test_scores_of_numbers_are_those_of_scikit_learn(name: str, seed: int, count: int) -> None:
    ours, theirs = NUMBERS[name]
    targets = 1000 + 50 * random(seed, count, 1)
    predictions = targets + 20 * random(seed + 1, count, 1)
    expected = theirs(targets, predictions)
    assert ours(predictions, targets) == pytest.approx(expected, rel=1e-10)


@given(samples=samples_of_classes(), k=st.integers(1, 2))
@few_examples
def test_top_k_accuracy_is_that_of_scikit_learn_with_the_classes_turned_round(
    samples: Samples, k: int
) -> None:
    probabilities, classes = samples
    last = probabilities.shape[1] - 1
    # Of equally probable classes the last come first there.
    theirs = sklearn_metrics.top_k_accuracy_score(
        last - classes.numpy(), probabilities.flip(1).numpy(), k=k, labels=range(last + 1)
    )
    assert top_k_accuracy(probabilities, classes, k) == pytest.approx(theirs)


@given(samples=samples_of_classes())
@few_examples
def test_top_1_accuracy_is_the_accuracy(samples: Samples) -> None:
    assert top_k_accuracy(*samples, 1) == accuracy(*samples)


def test_guessing_all_classes_alike_gains_nothing_from_the_top_5() -> None:
    assert top_5_accuracy(torch.full((10, 10), 0.1), torch.arange(10)) == 0.5


def test_the_top_5_of_five_classes_is_not_defined() -> None:
    assert top_5_accuracy(torch.full((2, 5), 0.2), torch.tensor([0, 1])) is None


@given(samples=samples_of_classes())
@few_examples
def test_the_confusion_matrix_of_classes_is_that_of_scikit_learn(samples: Samples) -> None:
    probabilities, classes = samples
    theirs = sklearn_metrics.confusion_matrix(
        classes, probabilities.argmax(1), labels=range(probabilities.shape[1])
    )
    assert confusion_matrix(probabilities, classes).tolist() == theirs.tolist()


def test_the_confusion_matrix_of_yes_or_no_has_the_truth_in_rows_and_no_first() -> None:
    predicted = torch.tensor([[0.9], [0.8], [0.7], [0.1], [0.6], [0.2]])
    truth = torch.tensor([[1.0], [0], [0], [0], [0], [1]])
    #                                                   predicted no  predicted yes
    assert confusion_matrix(predicted, truth).tolist() == [[1, 3], [1, 1]]


def test_the_scores_of_a_confusion_matrix_by_hand() -> None:
    predicted = torch.tensor([[0.9], [0.8], [0.7], [0.1], [0.6], [0.2]])
    truth = torch.tensor([[1.0], [0], [0], [0], [0], [1]])
    assert precision(predicted, truth) == 1 / 4
    assert recall(predicted, truth) == 1 / 2
    assert f1(predicted, truth) == pytest.approx(1 / 3)
    assert balanced_accuracy(predicted, truth) == (1 / 4 + 1 / 2) / 2


def test_a_class_that_was_never_predicted_counts_0() -> None:
    predicted, truth = torch.eye(3)[[0, 0, 1, 1]], torch.tensor([0, 0, 1, 2])
    assert recall(predicted, truth) == pytest.approx((1 + 1 + 0) / 3)
    assert precision(predicted, truth) == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_a_class_without_a_sample_does_not_count() -> None:
    predicted, truth = torch.eye(3)[[0, 0, 1, 2]], torch.tensor([0, 0, 1, 1])
    assert recall(predicted, truth) == (1 + 1 / 2) / 2
    assert precision(predicted, truth) == (1 + 1) / 2
    assert roc_auc(predicted, truth) == (1 + 3 / 4) / 2


def test_of_more_than_two_classes_the_recall_is_the_balanced_accuracy() -> None:
    predicted, truth = random(0, 50, 4).softmax(1), torch.arange(50) % 4
    assert recall(predicted, truth) == balanced_accuracy(predicted, truth)


def test_equal_probabilities_of_a_positive_and_a_negative_sample_are_half_in_order() -> None:
    predicted, truth = (
        torch.tensor([[0.2], [0.5], [0.5], [0.9]]),
        torch.tensor([[0.0], [0], [1], [1]]),
    )
    assert roc_auc(predicted, truth) == 3.5 / 4


def test_the_area_under_the_roc_curve_of_all_classes_is_that_of_scikit_learn() -> None:
    predicted, truth = random(0, 60, 4).softmax(1), torch.arange(60) % 4
    theirs = sklearn_metrics.roc_auc_score(truth, predicted, multi_class="ovr", average="macro")
    assert roc_auc(predicted, truth) == pytest.approx(theirs)


def test_a_certain_mistake_costs_much_but_not_infinitely_much() -> None:
    assert log_loss(torch.tensor([[1.0]]), torch.tensor([[0.0]])) == pytest.approx(
        -math.log(torch.finfo(torch.float32).eps)
    )


def test_the_brier_score_is_at_most_1_of_yes_or_no_and_at_most_2_of_more_classes() -> None:
    assert brier_score(torch.tensor([[1.0]]), torch.tensor([[0.0]])) == 1
    assert brier_score(torch.eye(3)[:1], torch.tensor([2])) == 2


def test_r2_of_perfect_predictions_is_1_and_of_the_mean_0() -> None:
    targets = random(0, 20, 1)
    assert r2(targets, targets) == 1
    assert r2(targets.mean().expand(20, 1), targets) == pytest.approx(0)


@pytest.mark.parametrize("value", [3.0, 0.1])  # three times 0.1 over 3 is not 0.1
def test_r2_where_the_targets_do_not_differ_is_1_if_each_is_met_else_0(value: float) -> None:
    same = torch.full((3, 1), value, dtype=torch.float64)
    assert r2(same, same) == 1
    assert r2(same + 1, same) == 0


@pytest.mark.parametrize("nought", [0.0, 1e-5])
def test_an_error_is_no_share_of_a_target_that_float32_does_not_tell_from_0(nought: float) -> None:
    targets = torch.tensor([[1e3], [nought]], dtype=torch.float64)
    assert mape(targets, targets) is None
    assert mape(targets + 1, targets + 1e3) == pytest.approx((1 - 1001 / 2000 + 1 - 1 / 1000) / 2)


def test_errors_of_numbers_far_from_zero_keep_their_digits() -> None:
    targets = torch.tensor([[1e8], [1e8 + 1]], dtype=torch.float64)
    assert rmse(targets + 0.25, targets) == 0.25


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_scores_of_numbers_do_not_depend_on_the_unit(unit: float) -> None:
    targets, predictions = random(0, 20, 1), random(1, 20, 1)
    scores = measure("regression", predictions * unit, targets * unit)
    expected = measure("regression", predictions, targets)
    assert scores["rmse"] / unit == pytest.approx(expected["rmse"])
    assert scores["mae"] / unit == pytest.approx(expected["mae"])
    assert scores["r2"] == pytest.approx(expected["r2"])


@given(samples=samples_of_classes())
@few_examples
def test_all_metrics_of_classes_are_numbers_that_json_can_hold(samples: Samples) -> None:
    json.dumps(measure("classification", *samples), allow_nan=False)


@given(samples=samples_of_yes_or_no())
@few_examples
def test_all_metrics_of_yes_or_no_are_numbers_that_json_can_hold(samples: Samples) -> None:
    json.dumps(measure("binary", *samples), allow_nan=False)


OF_CLASSES = ["balanced_accuracy", "precision", "recall", "f1", "roc_auc"]
OF_CLASSES += ["average_precision", "log_loss", "brier_score"]


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("regression", ["rmse", "mae", "r2"]),
        ("binary", ["accuracy", *OF_CLASSES]),
        ("classification", ["accuracy", "top_5_accuracy", *OF_CLASSES]),
    ],
)
def test_each_task_has_its_metrics_the_most_important_first(task: Task, names: list[str]) -> None:
    assert list(measure(task, *samples_of(task))) == names


@pytest.mark.parametrize("task", METRICS)
def test_metrics_can_be_chosen_by_name(task: Task) -> None:
    samples = samples_of(task)
    name = list(METRICS[task])[2]
    assert measure(task, *samples, [name]) == {name: measure(task, *samples)[name]}


@pytest.mark.parametrize("task", METRICS)
def test_the_metrics_of_every_epoch_begin_with_the_most_important_one(task: Task) -> None:
    names = list(measure(task, *samples_of(task), OF_EPOCHS[task]))
    assert names == list(METRICS[task])[: len(names)]


def test_a_metric_that_the_samples_do_not_define_is_left_out() -> None:
    measured = measure("binary", torch.rand(4, 1), torch.ones(4, 1))
    assert list(measured) == [name for name in METRICS["binary"] if name != "roc_auc"]


def samples_of(task: Task) -> Samples:
    """Eight samples; of classes there are six."""
    if task == "classification":
        return random(0, 8, 6).softmax(1), torch.arange(8) % 6
    return random(0, 8, 1).sigmoid(), (torch.arange(8.0) % 2).unsqueeze(1)


@pytest.mark.parametrize(
    ("task", "name"), [(task, name) for task in METRICS for name in METRICS[task]]
)
@given(seed=st.integers(0, 1000))
@few_examples
def test_whole_weights_count_as_copies_whatever_their_scale(
    task: Task, name: str, seed: int
) -> None:
    draw = torch.Generator().manual_seed(seed)
    predictions = torch.rand(12, 7 if task == "classification" else 1, generator=draw)
    predictions = predictions.round(decimals=1)  # with ties
    targets = torch.randint(0, 2, (12, 1), generator=draw).float()
    if task == "classification":
        predictions = predictions.softmax(1)
        targets = torch.randint(0, 4, (12,), generator=draw)
    weights = torch.randint(1, 4, (12,), generator=draw)
    score = METRICS[task][name]
    copies = (each.repeat_interleave(weights, 0) for each in (predictions, targets))
    expected = score(*copies)
    for scale in (1, 0.3):
        weighted = score(predictions, targets, weights * scale)
        assert weighted == (None if expected is None else pytest.approx(expected, rel=1e-9))
