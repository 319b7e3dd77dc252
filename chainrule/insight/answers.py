"""Answers: what a model says of samples that it did not learn from, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.preparation.targets import ClassTarget
from chainrule.training.model.model import Model


@dataclass(frozen=True, eq=False)
class ClassAnswers:
    """Probabilities of classes, and the true class of each sample.

    Attributes:
        rows: the samples as they were read.
        classes: their names, in the order of their places.
        probabilities: (n, classes), float64.
        truth: (n,) places of the true classes, int64.
    """

    rows: Dataset
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    truth: NDArray[np.int64]

    @property
    def said(self) -> NDArray[np.int64]:
        """The place of the most probable class of each sample, (n,); the first of equal ones."""
        said: NDArray[np.int64] = self.probabilities.argmax(1)
        return said

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of the class that was said, (n,)."""
        confidence: NDArray[np.float64] = self.probabilities.max(1)
        return confidence

    @property
    def of_truth(self) -> NDArray[np.float64]:
        """The probability of the true class, (n,)."""
        return self.probabilities[np.arange(len(self.truth)), self.truth]

    def mistakes(self) -> NDArray[np.int64]:
        """The samples whose class was not said, the most confident mistake first."""
        wrong = np.flatnonzero(self.said != self.truth)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]


@dataclass(frozen=True, eq=False)
class NumberAnswers:
    """Predicted numbers, and the true ones, in the person's unit.

    Attributes:
        rows: the samples as they were read.
        predicted: (n,), float64.
        truth: (n,), float64.
    """

    rows: Dataset
    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """predicted - true, (n,): above 0 where too much was said."""
        return self.predicted - self.truth

    def mistakes(self) -> NDArray[np.int64]:
        """All samples, the one with the largest error first."""
        return np.argsort(-np.abs(self.errors), kind="stable")


Answers = ClassAnswers | NumberAnswers


def answers(model: Model, rows: Dataset) -> Answers:
    """What a model says of raw samples with their target.

    Raises:
        InputError: as `Model.evaluate`.
    """
    predicted = model.predict(rows).double().numpy()
    targets = model.preparation.targets(rows)
    target = model.preparation.target
    if isinstance(target, ClassTarget):
        truth = targets.reshape(len(rows)).long().numpy()
        return ClassAnswers(rows, target.classes, predicted, truth)
    truth = model.inverse_transform(targets).double().numpy()
    return NumberAnswers(rows, predicted[:, 0], truth[:, 0])
