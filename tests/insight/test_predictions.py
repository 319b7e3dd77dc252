"""What a model says of held-out samples, beside what is true."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.table import Table
from chainrule.insight.predictions import ClassPredictions, NumberPredictions
from chainrule.insight.report import Evidence

NO_ROWS = Table("none.csv", (), None)


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_the_share_of_right_answers_is_the_accuracy_of_the_test(
    task: str, request: pytest.FixtureRequest
) -> None:
    names = {"binary": "of_two_classes", "classification": "of_three_classes"}
    evidence: Evidence = request.getfixturevalue(names[task])
    predictions = evidence.predictions
    assert isinstance(predictions, ClassPredictions)
    right = (predictions.predicted == predictions.truth).mean()
    assert right == pytest.approx(evidence.run.test["accuracy"])


def test_the_mean_absolute_error_is_that_of_the_test(of_numbers: Evidence) -> None:
    predictions = of_numbers.predictions
    assert isinstance(predictions, NumberPredictions)
    assert np.abs(predictions.errors).mean() == pytest.approx(of_numbers.run.test["mae"])


def test_the_true_numbers_are_those_of_the_file(of_numbers: Evidence) -> None:
    predictions, rows = of_numbers.predictions, of_numbers.prepared.held_out
    assert isinstance(predictions, NumberPredictions)
    assert rows is not None
    assert rows.target is not None
    np.testing.assert_allclose(predictions.truth, rows.target.values, rtol=1e-6)


def test_the_surest_mistake_comes_first_and_what_is_right_is_none() -> None:
    probabilities = np.array([[0.7, 0.3], [0.9, 0.1], [0.2, 0.8], [0.95, 0.05]])
    predictions = ClassPredictions(NO_ROWS, ("a", "b"), probabilities, np.array([1, 1, 0, 0]))
    assert predictions.worst_first().tolist() == [1, 2, 0]


def test_the_probability_of_the_truth_is_that_of_the_true_class() -> None:
    probabilities = np.array([[0.7, 0.3], [0.9, 0.1]])
    predictions = ClassPredictions(NO_ROWS, ("a", "b"), probabilities, np.array([1, 0]))
    assert predictions.true_probabilities.tolist() == [0.3, 0.9]


def test_the_largest_error_comes_first_whatever_its_sign() -> None:
    predictions = NumberPredictions(NO_ROWS, np.array([1.0, 2.0, 3.0]), np.array([1.5, 5.0, 1.0]))
    assert predictions.worst_first().tolist() == [1, 2, 0]
