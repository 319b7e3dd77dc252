"""Predictions for held-out samples, together with their true targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.preparation.preparation import true_numbers
from chainrule.data.preparation.targets import ClassTarget
from chainrule.training.model.model import Model
from chainrule.training.model.prediction_columns import without_noise


@dataclass(frozen=True, eq=False)
class ClassPredictions:
    """Class probabilities, and the true class of each sample.

    Attributes:
        rows: the samples as they were read.
        classes: names of the classes, by their index.
        probabilities: (n, classes), float64.
        truth: (n,) indices of the true classes, int64.
    """

    rows: Dataset
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    truth: NDArray[np.int64]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Index of the most probable class of each sample, (n,); the first of equal ones."""
        predicted: NDArray[np.int64] = self.probabilities.argmax(1)
        return predicted

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of the predicted class, (n,)."""
        confidence: NDArray[np.float64] = self.probabilities.max(1)
        return confidence

    @property
    def true_probabilities(self) -> NDArray[np.float64]:
        """Probability of the true class, (n,)."""
        return self.probabilities[np.arange(len(self.truth)), self.truth]

    def worst_first(self) -> NDArray[np.int64]:
        """Return the indices of the misclassified samples, the most confident mistake first."""
        wrong = np.flatnonzero(self.predicted != self.truth)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]


@dataclass(frozen=True, eq=False)
class NumberPredictions:
    """Predicted and true numbers, in the unit of the target.

    Attributes:
        rows: the samples as they were read.
        predicted: (n,), float64, without digits that are noise.
        truth: (n,), float64, as they stand in the data.
    """

    rows: Dataset
    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """predicted - true, (n,): positive where the prediction is too large."""
        return self.predicted - self.truth

    def worst_first(self) -> NDArray[np.int64]:
        """Return the indices of all samples, the largest absolute error first."""
        return np.argsort(-np.abs(self.errors), kind="stable")


Predictions = ClassPredictions | NumberPredictions


def predict_with_truth(model: Model, rows: Dataset) -> Predictions:
    """Return the predictions of a model for raw samples, with their true targets.

    Raises:
        InputError: as for `Model.predict`, or the target is missing or unknown.
    """
    predicted = model.predict_rows(rows).double().numpy()
    targets = model.preparation.targets(rows)
    target = model.preparation.target
    if isinstance(target, ClassTarget):
        truth = targets.reshape(len(rows)).long().numpy()
        return ClassPredictions(rows, target.classes, predicted, truth)
    return NumberPredictions(rows, without_noise(predicted[:, 0], target), true_numbers(rows))
