"""Split by group: all rows of one patient, user or household go to the same part.

Rows of one group are correlated. Where the model will be used on new groups, a test on groups that
it was trained on is too optimistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.shares import Shares
from chainrule.data.splits.split import PARTS, Fold, Split, folds_of
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.randomness import generator


@dataclass(frozen=True, eq=False)
class Groups:
    """The group of each row.

    Attributes:
        where: the file and column that define the groups, for messages.
        numbers: of the group of each row, (rows,), from 0 on.
    """

    where: str
    numbers: NDArray[np.int64]

    @property
    def count(self) -> int:
        """The number of groups."""
        return int(self.numbers.max()) + 1

    def note(self, split: Split) -> str:
        """Return a note on the number of groups in each part."""
        parts = zip(PARTS, (split.train, split.validation, split.test), strict=True)
        counts = [
            f"{len(np.unique(self.numbers[rows])):,} in {part}" for part, rows in parts if len(rows)
        ]
        return f"{self.where}: split by {pluralised(self.count, 'group')}, {', '.join(counts)}"


def groups_of(data: Dataset, name: str) -> Groups:
    """Return the groups that a column defines.

    Raises:
        InputError: the column does not exist, or a value is missing.
    """
    _, column = required_column(data, "group", name)
    return groups_by_value(f"{data.source}, column '{name}'", column.categories().astype(str))


def groups_by_value(where: str, names: NDArray[Any]) -> Groups:
    """Return groups of rows with equal names, (rows,), of any sortable type."""
    return Groups(where, np.unique(names, return_inverse=True)[1])


def split_groups(groups: Groups, target: Column, task: Task, shares: Shares, seed: int) -> Split:
    """Split whole groups at random, so that each part has about its share of rows.

    Classes are stratified as far as a greedy assignment of groups allows: see `_assign_groups`.
    Every part that has a share gets at least one group.
    Args:
        groups: of the rows.
        target: of every row, none missing.
        task: of the target.
        shares: of training, validation and test; they sum to 1, and the last two may be 0.
        seed: same seed, same split.
    Raises:
        InputError: there are fewer groups than parts that have a share.

    >>> groups = Groups("visits.csv, column 'patient'", np.array([0, 0, 0, 1, 1, 2]))
    >>> target = Column("y", np.arange(6.0))
    >>> split = split_groups(groups, target, "regression", (0.5, 0.3, 0.2), seed=0)
    >>> split.train.tolist(), split.validation.tolist(), split.test.tolist()
    ([0, 1, 2], [3, 4], [5])
    """
    parts = [name for name, share in zip(PARTS, shares, strict=True) if share > 0]
    _check_count(groups, len(parts), f"for {' and '.join(parts)} one each")
    shuffled = torch.randperm(groups.count, generator=generator(seed, "split by group")).numpy()
    classes = _classes(target, task)
    return Split.from_parts(_assign_groups(groups.numbers, classes, shares, shuffled))


def group_folds(groups: Groups, target: Column, task: Task, folds: int, seed: int) -> list[Fold]:
    """Return folds of whole groups, of about equal size and stratified by class where possible.

    Args:
        groups: of the rows.
        target: of every row, none missing.
        task: of the target.
        folds: at least 2.
        seed: same seed, same folds.
    Raises:
        InputError: there are fewer groups than folds, or fewer folds than 2.
    """
    if folds < 2:
        raise InputError(f"folds: got {folds}, expected at least 2. Usual are 5 or 10.")
    _check_count(groups, folds, "for each fold one")
    shuffled = torch.randperm(groups.count, generator=generator(seed, "folds by group")).numpy()
    parts = _assign_groups(groups.numbers, _classes(target, task), [1 / folds] * folds, shuffled)
    return folds_of(parts, folds)


def _assign_groups(
    groups: NDArray[np.int64],
    classes: NDArray[np.int64],
    shares: Sequence[float],
    shuffled: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the part of each row, (rows,), with whole groups in one part.

    Groups are assigned greedily, the largest first, while all parts still have room; groups of
    equal size in the order of `shuffled`. Each goes to the part p that minimises the deviation of
    the rows n_pc of each class c in each part from the shares s_p of all n_c:

        sum over p and c of (s_p - n_pc / n_c)^2

    where all rows together count as an additional class. No part with a share stays empty: the
    last groups go to the empty parts.
    Source: Graham (1969), Bounds on multiprocessing timing anomalies, for the largest first.
    """
    added = _shares_of_classes(groups, classes)
    deficit = [[share] * (classes.max() + 2) for share in shares]

    def change(part: int, group: int) -> float:
        """Return the change of the sum: (deficit - share)^2 - deficit^2 over the classes."""
        of_part = deficit[part]
        return sum(share * (share - 2 * of_part[class_]) for class_, share in added[group])

    used = [part for part, share in enumerate(shares) if share > 0]
    empty = set(used)
    part_of = np.empty(len(shuffled), np.int64)
    sizes = np.bincount(groups)
    largest_first = shuffled[np.argsort(-sizes[shuffled], kind="stable")].tolist()
    for left, group in zip(range(len(largest_first), 0, -1), largest_first, strict=True):
        allowed = sorted(empty) if len(empty) == left else used
        part = min(allowed, key=partial(change, group=group))
        part_of[group] = part
        empty.discard(part)
        for class_, share in added[group]:
            deficit[part][class_] -= share
    return part_of[groups]


def _shares_of_classes(
    groups: NDArray[np.int64], classes: NDArray[np.int64]
) -> list[list[tuple[int, float]]]:
    """Return for each group its classes, each with the share of the class's rows in the group.

    The class after the last one stands for all rows.
    """
    all_rows = int(classes.max()) + 1
    shares = [[(all_rows, size / len(groups))] for size in np.bincount(groups).tolist()]
    class_sizes = np.bincount(classes)
    pairs, counts = np.unique(groups * all_rows + classes, return_counts=True)
    for group, class_, count in zip(pairs // all_rows, pairs % all_rows, counts, strict=True):
        shares[group].append((int(class_), float(count / class_sizes[class_])))
    return shares


def _classes(target: Column, task: Task) -> NDArray[np.int64]:
    """Return the class index of each row; a numeric target is one class."""
    if task == "regression":
        return np.zeros(len(target), np.int64)
    classes: NDArray[np.int64] = np.unique(target.values, return_inverse=True)[1]
    return classes


def _check_count(groups: Groups, minimum: int, reason: str) -> None:
    if groups.count < minimum:
        raise InputError(
            f"{groups.where}: got {pluralised(groups.count, 'group')} of rows, expected at least "
            f"{minimum}, {reason}. Give rows of more groups, or split in another way."
        )
