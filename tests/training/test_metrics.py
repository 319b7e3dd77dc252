"""Metrics: as scikit-learn computes them, in the person's unit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from chainrule.training.metrics import accuracy, mae, measure, r2, rmse

THEIRS = {
    rmse: sklearn_metrics.root_mean_squared_error,
    mae: sklearn_metrics.mean_absolute_error,
    r2: sklearn_metrics.r2_score,
}


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("metric", THEIRS, ids=lambda metric: metric.__name__)
@given(seed=st.integers(0, 1000), count=st.integers(2, 50))
@settings(max_examples=25, deadline=None)
def test_scores_of_numbers_are_those_of_scikit_learn(metric, seed: int, count: int) -> None:  # type: ignore[no-untyped-def]  # a key of THEIRS
    targets = 1000 + 50 * random(seed, count, 1)
    predictions = targets + 20 * random(seed + 1, count, 1)
    theirs = THEIRS[metric](targets.numpy(), predictions.numpy())
    assert metric(predictions, targets) == pytest.approx(theirs, rel=1e-10)


@given(seed=st.integers(0, 1000), count=st.integers(1, 50))
@settings(max_examples=25, deadline=None)
def test_accuracy_of_classes_is_that_of_scikit_learn(seed: int, count: int) -> None:
    probabilities = random(seed, count, 4).softmax(-1)
    classes = torch.randint(4, (count,), generator=torch.Generator().manual_seed(seed))
    theirs = sklearn_metrics.accuracy_score(classes.numpy(), probabilities.argmax(-1).numpy())
    assert accuracy(probabilities, classes) == pytest.approx(theirs)


@given(seed=st.integers(0, 1000), count=st.integers(1, 50))
@settings(max_examples=25, deadline=None)
def test_accuracy_of_yes_or_no_is_that_of_scikit_learn(seed: int, count: int) -> None:
    yes = random(seed, count, 1).sigmoid()
    truth = (random(seed + 1, count, 1) > 0).float()
    theirs = sklearn_metrics.accuracy_score(truth.numpy()[:, 0], np.round(yes.numpy()[:, 0]))
    assert accuracy(yes, truth) == pytest.approx(theirs)


def test_r2_of_perfect_predictions_is_1_and_of_the_mean_0() -> None:
    targets = random(0, 20, 1)
    assert r2(targets, targets) == 1
    assert r2(targets.mean().expand(20, 1), targets) == pytest.approx(0)


def test_r2_where_the_targets_do_not_differ_is_a_number_as_in_scikit_learn() -> None:
    same = torch.full((5, 1), 3.0)
    assert r2(same, same) == sklearn_metrics.r2_score(same, same) == 1
    assert r2(same + 1, same) == sklearn_metrics.r2_score(same, same + 1) == 0


def test_errors_of_numbers_far_from_zero_keep_their_digits() -> None:
    targets = torch.tensor([[1e8], [1e8 + 1]], dtype=torch.float64)
    assert rmse(targets + 0.25, targets) == 0.25


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("regression", ["rmse", "mae", "r2"]),
        ("binary", ["accuracy"]),
        ("classification", ["accuracy"]),
    ],
)
def test_each_task_has_its_metrics(task, names: list[str]) -> None:  # type: ignore[no-untyped-def]  # a Task
    predictions, targets = torch.rand(4, 1), torch.tensor([[0.0], [1], [1], [0]])
    if task == "classification":
        predictions, targets = torch.rand(4, 3), torch.tensor([0, 1, 2, 0])
    assert list(measure(task, predictions, targets)) == names
