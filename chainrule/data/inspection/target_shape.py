"""The shape of the target: skew, zeros, values that stand apart or are capped, and rare classes."""

from __future__ import annotations

import re
import shlex
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.spellings import exact_number
from chainrule.data.columns.statistics import skew_of
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import format_number, pluralised, quoted_list
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task

MIN_ROWS = 20
MIN_SKEW = 2.0
MIN_DISTINCT = 20  # of fewer values the smallest and the largest are often frequent
MIN_CAPPED_SHARE = 0.01
MIN_CAPPED_ROWS = 10
MIN_CAPPED_RATIO = 3  # of the rows at the end to those of any value near it
NEIGHBOURS = 10
MAX_SHARE_APART = 0.05
# Of the gap before a value that stands apart, to the range of all others.
MIN_GAP, MIN_GAP_OF_MARKS = 10.0, 1.0
MARKS = re.compile(r"-?9{2,}|-1")  # numbers that usually mark a missing value
MIN_MAJORITY = 0.8


def target_shape(data: Dataset, task: Task) -> list[Problem]:
    """Return what the values of the target make hard to learn, or to test.

    Args:
        data: all rows, with a target that suits the task.
        task: of the target.
    """
    target = data.target
    if target is None or len(data) < MIN_ROWS:
        return []
    if task == "binary":
        return [*_imbalance(target), *_same_numbers(target)]
    if task == "classification":
        return [*_imbalance(target), *(_same_numbers(target) or _numbered_classes(data, target))]
    if not isinstance(data, Table):
        return []
    values = data.numbers(target)
    apart = _apart(data, target.name, values)
    usual = values[~np.isin(values, apart[1])]
    return [*apart[0], *_capped(target.name, usual), *_skew(target.name, usual)]


def _imbalance(target: Column) -> list[Problem]:
    counts = Counter(target.categories()[~target.missing].tolist())
    ((most, rows),) = counts.most_common(1)
    share = rows / counts.total()
    if share < MIN_MAJORITY:
        return []
    return [
        Problem(
            "imbalanced_classes",
            f"{share:.0%} of the rows of the target '{target.name}' are '{most}': who always says "
            "so has that accuracy and has learned nothing.",
            "Judge it by --metric balanced_accuracy, which selects the epoch, too; --class-weight "
            "balanced gives all classes the same weight in training.",
        )
    ]


def _same_numbers(target: Column) -> list[Problem]:
    """Find classes that are the same number, such as 1 and 1.0; reading tells it of texts."""
    if target.kind != "number":
        return []
    by_number: dict[object, list[str]] = {}
    for label in sorted(set(target.categories()[~target.missing].tolist())):
        by_number.setdefault(exact_number(label), []).append(label)
    same = [labels for number, labels in by_number.items() if number is not None and labels[1:]]
    if not same:
        return []
    return [
        Problem(
            "classes_alike",
            f"{quoted_list(same[0])} of the target '{target.name}' are the same number, and are "
            f"{len(same[0])} classes.",
            "Write them alike if they are one class.",
        )
    ]


def _numbered_classes(data: Dataset, target: Column) -> list[Problem]:
    if target.kind != "number" or not isinstance(data, Table):
        return []
    distinct = len(np.unique(target.values))
    return [
        Problem(
            "numbers_as_classes",
            f"The target '{target.name}' has {distinct} different whole numbers in {len(data):,} "
            "rows, taken for classes: that one is larger than another is not learned.",
            "If they are quantities: --task regression",
        )
    ]


def _apart(
    table: Table, name: str, values: NDArray[np.float64]
) -> tuple[list[Problem], list[float]]:
    """Find the smallest and the largest value if they stand far from all others."""
    problems, apart = [], []
    distinct, counts = np.unique(values, return_counts=True)
    for end, next_to, others in ((0, 1, distinct[1:]), (-1, -2, distinct[:-1])):
        if len(distinct) < MIN_DISTINCT or counts[end] > MAX_SHARE_APART * len(values):
            continue
        value = float(distinct[end])
        text = format_number(value)
        # Halved, as the difference of the largest numbers overflows.
        gap = abs(value / 2 - distinct[next_to] / 2)
        least = MIN_GAP_OF_MARKS if MARKS.fullmatch(text) else MIN_GAP
        if gap / least < others[-1] / 2 - others[0] / 2:
            continue
        apart.append(value)
        where = table.location(int(np.argmax(values == value)))
        rows = pluralised(int(counts[end]), "row")
        span = f"{format_number(float(others[0]))} to {format_number(float(others[-1]))}"
        problems.append(
            Problem(
                "target_outlier",
                f"The target '{name}' is {text} in {rows} (such as {where}) and {span} in all "
                "others: it decides mean, deviation and squared errors.",
                "Correct it; or, if it marks a missing value, leave these rows out: "
                f"--missing={shlex.quote(text)}",
            )
        )
    return problems, apart


def _capped(name: str, values: NDArray[np.float64]) -> list[Problem]:
    """Find many rows at exactly the smallest or the largest value, but for zeros."""
    problems = []
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) < MIN_DISTINCT:
        return []
    ends = (
        ("smallest", distinct[0], counts[0], counts[1 : NEIGHBOURS + 1]),
        ("largest", distinct[-1], counts[-1], counts[-NEIGHBOURS - 1 : -1]),
    )
    for word, value, rows, neighbours in ends:
        enough = rows >= max(MIN_CAPPED_ROWS, MIN_CAPPED_SHARE * len(values))
        if value and enough and rows >= MIN_CAPPED_RATIO * neighbours.max():
            problems.append(
                Problem(
                    "capped_target",
                    f"{rows:,} rows ({rows / len(values):.1%}) of the target '{name}' are exactly "
                    f"{format_number(float(value))}, its {word} value, as if all beyond it had "
                    "been set to it.",
                    "Leave these rows out if that is so: what they really are is not known, so "
                    "neither training nor the test can say much of them.",
                )
            )
    return problems


def _skew(name: str, values: NDArray[np.float64]) -> list[Problem]:
    skew = skew_of(values)
    if abs(skew) < MIN_SKEW or len(np.unique(values)) < MIN_DISTINCT:
        return []
    zeros = float((values == 0).mean())
    of_zeros = f", and {zeros:.0%} of the rows are 0" if zeros >= MIN_CAPPED_SHARE else ""
    transform = "log" if skew > 0 and values.min() >= 0 else "yeo_johnson"
    return [
        Problem(
            "skewed_target",
            f"The target '{name}' has the skew {skew:.1f}{of_zeros}: a few values far from most "
            "dominate the squared errors.",
            f"If relative errors matter, try --target-transform {transform}; or auto, which "
            "chooses by the validation error.",
        )
    ]
