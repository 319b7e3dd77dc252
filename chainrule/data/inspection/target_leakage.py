"""Columns that give the target away: from one alone it can be told, almost without an error.

Such a column is most often known only after the target is, as the number of a lifeboat is after a
rescue. The network would learn it instead of the task, and fail where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.columns.vocabulary import Task
from chainrule.data.inspection.problem import Problem, role_option
from chainrule.data.splits import first_occurrences
from chainrule.data.table import Column, Table
from chainrule.randomness import generator

MIN_ROWS = 50
MAX_ROWS = 50_000
MIN_SKILL = 0.98
SMALLEST = float(np.finfo(np.float64).tiny)

Answers = NDArray[Any]


def target_leakage(table: Table, task: Task) -> list[Problem]:
    """The columns from which alone the target can be told.

    The answer to each value is learned from half of the rows, and judged on the other half, so that
    names which are all different tell nothing. A number gets the answer of the nearest number met;
    between two the target, if it is a number, is interpolated. The skill of a column is the share
    of the errors of guessing that it avoids: of the wrong classes, where guessing is the most
    frequent class, or of the squared errors, where it is the mean. From 0.98 on it is told of.
    Of equal rows one counts, as any column that differs in all others tells a copy its target.
    Args:
        table: with its target; of many rows 50,000 drawn at random are looked at.
        task: what the target asks for.
    """
    if table.target is None:
        return []
    table = table.take(np.unique(first_occurrences(table)))
    target = table.target
    if target is None or len(table) < MIN_ROWS:
        return []
    drawn = torch.randperm(len(table), generator=generator(0, "inspection")).numpy()[:MAX_ROWS]
    halves = np.array_split(drawn, 2)
    answers = _answers(table, target, task)
    learned, judged = (answers[rows] for rows in halves)
    judge = _Judge(learned, judged, task == "regression")
    if judge.errors_of_guessing == 0:
        return []
    problems = []
    for column in table.columns:
        met, asked = (_positions(column)[rows] for rows in halves)
        skill = judge.skill(met, asked, near=column.kind == "number")
        if skill >= MIN_SKILL:
            problems.append(_problem(column.name, target.name, skill, judge))
    return problems


@dataclass(frozen=True)
class _Judge:
    """Learns answers from some rows and judges them on others.

    Attributes:
        learned: answers of the rows to learn from: numbers, or places of classes.
        judged: those of the other rows.
        are_numbers: which of the two they are.
    """

    learned: Answers
    judged: Answers
    are_numbers: bool

    @property
    def errors_of_guessing(self) -> float:
        return self._errors(self._summary(self.learned))

    def skill(self, learned: NDArray[np.float64], judged: NDArray[np.float64], near: bool) -> float:
        """The share of the errors of guessing that a column avoids.

        Args:
            learned: its values in the rows to learn from; NaN is missing.
            judged: those in the other rows.
            near: whether a value that was not met has the answer of the nearest.
        """
        known = ~np.isnan(learned)
        if not known.any():
            return 0.0
        missing = self.learned[~known] if not known.all() else self.learned
        values, place = np.unique(learned[known], return_inverse=True)
        answers = self._summaries(place, self.learned[known])
        told = np.full(len(judged), self._summary(missing))
        asked = ~np.isnan(judged)
        told[asked] = self._told(judged[asked], values, answers, near)
        return 1 - self._errors(told) / self.errors_of_guessing

    def _told(
        self,
        asked: NDArray[np.float64],
        values: NDArray[np.float64],
        answers: Answers,
        near: bool,
    ) -> Answers:
        if near and self.are_numbers:
            return np.interp(asked, values, answers)
        after = np.searchsorted(values, asked).clip(0, len(values) - 1)
        before = (after - 1).clip(0)
        if near:
            nearer = np.abs(asked - values[before]) < np.abs(values[after] - asked)
            return answers[np.where(nearer, before, after)]
        return np.where(values[after] == asked, answers[after], self._summary(self.learned))

    def _errors(self, told: Answers | float) -> float:
        if self.are_numbers:
            return float(np.square(self.judged - told).sum())
        return float((self.judged != told).sum())

    def _summary(self, answers: Answers) -> float:
        """The mean, or the most frequent class."""
        return float(self._summaries(np.zeros(len(answers), np.int64), answers)[0])

    def _summaries(self, place: NDArray[np.int64], answers: Answers) -> Answers:
        """That of the answers of each place, (places,)."""
        if self.are_numbers:
            return np.bincount(place, answers) / np.bincount(place)
        classes = int(answers.max()) + 1
        pairs, counts = np.unique(place * classes + answers, return_counts=True)
        by_count = pairs[np.lexsort((counts, pairs // classes))]  # the most frequent is the last
        last = np.append(np.flatnonzero(np.diff(by_count // classes)), len(by_count) - 1)
        frequent: Answers = by_count[last] % classes
        return frequent


def _answers(table: Table, target: Column, task: Task) -> Answers:
    if task == "regression":
        return _within_1(table.numbers(target))
    return np.unique(target.categories().astype(str), return_inverse=True)[1]


def _positions(column: Column) -> NDArray[np.float64]:
    """The values as numbers, (rows,): those of texts are equal where the texts are."""
    if column.kind == "number":
        return _within_1(column.values)
    place_of: dict[str, int] = {}
    return np.array(
        [
            np.nan if text is None else place_of.setdefault(text, len(place_of))
            for text in column.values
        ],
        np.float64,
    )


def _within_1(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers over the largest, so that neither differences nor squares overflow."""
    largest = float(np.abs(numbers[~np.isnan(numbers)]).max(initial=SMALLEST))
    return numbers / largest


def _problem(column: str, target: str, skill: float, judge: _Judge) -> Problem:
    score = f"{skill:.1%} of its variance"
    if not judge.are_numbers:
        guessed = judge.errors_of_guessing / len(judge.judged)
        right = 1 - (1 - skill) * guessed
        score = f"{right:.1%} of the classes, where guessing tells {1 - guessed:.1%}"
    return Problem(
        "target_leakage",
        f"Column '{column}' gives the target '{target}' away: alone, and on rows that nothing was "
        f"learned from, it tells {score}.",
        "If it is known only after the target is, or says the same in other words, leave it out: "
        f"{role_option(column, 'identifier')}",
        (column,),
    )
