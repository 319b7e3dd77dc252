"""Target leakage: columns from which alone the target can be predicted almost without error.

Most leaking columns are known only after the target, as the number of a lifeboat is after a rescue.
A network that relies on one fails on new data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task, drop_option
from chainrule.randomness import generator

MIN_ROWS = 50
MAX_ROWS = 50_000
MIN_SKILL = 0.98
SMALLEST = float(np.finfo(np.float64).tiny)

Targets = NDArray[Any]


def target_leakage(table: Table, task: Task) -> list[Problem]:
    """Find columns that predict the target alone.

    The prediction for each value of a column is fitted on half of the rows and tested on the other
    half, so columns with only distinct texts predict nothing. A number that is not in the first
    half gets the prediction of its nearest neighbour, or is interpolated if the target is numeric.
    The skill of a column is 1 - (its errors) / (errors of the baseline): wrong classes, where the
    baseline is the most frequent class, or squared errors, where it is the mean. Columns with a
    skill of 0.98 or more are reported.
    Duplicated rows are dropped, as a column of identifiers would find the target of their copies.
    Args:
        table: with its target; at most 50,000 rows, drawn at random, are used.
        task: of the target.
    """
    if table.target is None:
        return []
    table = table.take(np.unique(first_occurrences(table)))
    target = table.target
    if target is None or len(table) < MIN_ROWS:
        return []
    drawn = torch.randperm(len(table), generator=generator(0, "inspection")).numpy()[:MAX_ROWS]
    halves = np.array_split(drawn, 2)
    targets = _encoded(table, target, task)
    training_targets, test_targets = (targets[rows] for rows in halves)
    predictor = _OneColumnPredictor(training_targets, test_targets, task == "regression")
    if predictor.baseline_errors == 0:
        return []
    problems = []
    for column in table.columns:
        training, test = (_codes(column)[rows] for rows in halves)
        skill = predictor.skill(training, test, ordered=column.kind == "number")
        if skill >= MIN_SKILL:
            problems.append(_problem(column.name, target.name, skill, predictor))
    return problems


@dataclass(frozen=True)
class _OneColumnPredictor:
    """Predicts the target from one column: fitted on the training half, scored on the test half.

    Attributes:
        training: targets of the training half: numbers, or class indices.
        test: targets of the test half.
        numeric: whether the targets are numbers.
    """

    training: Targets
    test: Targets
    numeric: bool

    @property
    def baseline_errors(self) -> float:
        return self._errors(self._constant_prediction(self.training))

    def skill(
        self, training: NDArray[np.float64], test: NDArray[np.float64], ordered: bool
    ) -> float:
        """Return the share of the baseline's errors that the column avoids.

        Args:
            training: values of the column in the training half; NaN is missing.
            test: values in the test half.
            ordered: whether an unknown value gets the prediction of the nearest known one.
        """
        present = ~np.isnan(training)
        if not present.any():
            return 0.0
        missing = self.training[~present] if not present.all() else self.training
        values, inverse = np.unique(training[present], return_inverse=True)
        predictions = self._group_predictions(inverse, self.training[present])
        predicted = np.full(len(test), self._constant_prediction(missing))
        known = ~np.isnan(test)
        predicted[known] = self._predict(test[known], values, predictions, ordered)
        return 1 - self._errors(predicted) / self.baseline_errors

    def _predict(
        self,
        x: NDArray[np.float64],
        values: NDArray[np.float64],
        predictions: Targets,
        ordered: bool,
    ) -> Targets:
        """Return the prediction of each x, given those of the distinct training values."""
        if ordered and self.numeric:
            return np.interp(x, values, predictions)
        after = np.searchsorted(values, x).clip(0, len(values) - 1)
        before = (after - 1).clip(0)
        if ordered:
            nearer = np.abs(x - values[before]) < np.abs(values[after] - x)
            return predictions[np.where(nearer, before, after)]
        unknown = self._constant_prediction(self.training)
        return np.where(values[after] == x, predictions[after], unknown)

    def _errors(self, predicted: Targets | float) -> float:
        if self.numeric:
            return float(np.square(self.test - predicted).sum())
        return float((self.test != predicted).sum())

    def _constant_prediction(self, targets: Targets) -> float:
        """Return the mean, or the most frequent class."""
        return float(self._group_predictions(np.zeros(len(targets), np.int64), targets)[0])

    def _group_predictions(self, groups: NDArray[np.int64], targets: Targets) -> Targets:
        """Return the mean or the most frequent class of each group, (groups,)."""
        if self.numeric:
            return np.bincount(groups, targets) / np.bincount(groups)
        classes = int(targets.max()) + 1
        pairs, counts = np.unique(groups * classes + targets, return_counts=True)
        by_count = pairs[np.lexsort((counts, pairs // classes))]  # the most frequent is the last
        last = np.append(np.flatnonzero(np.diff(by_count // classes)), len(by_count) - 1)
        most_frequent: Targets = by_count[last] % classes
        return most_frequent


def _encoded(table: Table, target: Column, task: Task) -> Targets:
    if task == "regression":
        return _scaled(table.numbers(target))
    return np.unique(target.categories().astype(str), return_inverse=True)[1]


def _codes(column: Column) -> NDArray[np.float64]:
    """Return the values as numbers, (rows,); texts become integer codes, NaN is missing."""
    if column.kind == "number":
        return _scaled(column.values)
    code_of: dict[str, int] = {}
    return np.array(
        [
            np.nan if text is None else code_of.setdefault(text, len(code_of))
            for text in column.values
        ],
        np.float64,
    )


def _scaled(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the largest magnitude, so that neither differences nor squares overflow."""
    largest = float(np.abs(numbers[~np.isnan(numbers)]).max(initial=SMALLEST))
    return numbers / largest


def _problem(column: str, target: str, skill: float, predictor: _OneColumnPredictor) -> Problem:
    score = f"explains {skill:.1%} of its variance"
    if not predictor.numeric:
        baseline_error = predictor.baseline_errors / len(predictor.test)
        accuracy = 1 - (1 - skill) * baseline_error
        score = (
            f"predicts {accuracy:.1%} of the classes; always predicting the most frequent one "
            f"is right for {1 - baseline_error:.1%}"
        )
    return Problem(
        "target_leakage",
        f"Column '{column}' may leak the target '{target}': alone, on held-out rows, it {score}.",
        "If it is known only after the target, or restates it, leave it out: "
        f"{drop_option(column)}",
        (column,),
    )
