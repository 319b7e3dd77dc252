"""Split by group: all rows of a patient, a user, a household go to one part.

Rows of one group are alike in more than what is learned. Where the model will meet new groups, a
test on rows of known ones promises too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.shares import Shares
from chainrule.data.splits.split import PARTS, Fold, Split, folds_of
from chainrule.data.table import Column
from chainrule.errors import InputError
from chainrule.randomness import generator


@dataclass(frozen=True, eq=False)
class Groups:
    """The rows that have to stay together.

    Attributes:
        where: what says so, for messages.
        numbers: of the group of each row, (rows,), from 0 on.
    """

    where: str
    numbers: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.numbers.max()) + 1

    def note(self, split: Split) -> str:
        """How many groups each part got."""
        parts = zip(PARTS, (split.train, split.validation, split.test), strict=True)
        counts = [
            f"{len(np.unique(self.numbers[rows])):,} in {part}" for part, rows in parts if len(rows)
        ]
        return f"{self.where}: split by {pluralised(self.count, 'group')}, {', '.join(counts)}"


def groups_of(data: Dataset, name: str) -> Groups:
    """The groups that a column names.

    Raises:
        InputError: the data have no such column, or a row has no value in it.
    """
    _, column = required_column(data, "group", name)
    return groups_by_value(f"{data.source}, column '{name}'", column.categories().astype(str))


def groups_by_value(where: str, names: NDArray[Any]) -> Groups:
    """The groups of rows that have one name, (rows,), of any type that can be sorted."""
    return Groups(where, np.unique(names, return_inverse=True)[1])


def split_groups(groups: Groups, target: Column, task: Task, shares: Shares, seed: int) -> Split:
    """Divide whole groups at random, so that each part has about its share of the rows.

    Of the rows of each class, too, as far as dealing out groups one after the other gets there:
    see `_dealt`. Every part that has a share gets a group.
    Args:
        groups: of the rows.
        target: of every row, none missing.
        task: what the target asks for.
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
    _check_number(groups, len(parts), f"for {' and '.join(parts)} one each")
    shuffled = torch.randperm(groups.count, generator=generator(seed, "split by group")).numpy()
    return Split.from_parts(_dealt(groups.numbers, _classes(target, task), shares, shuffled))


def group_folds(groups: Groups, target: Column, task: Task, folds: int, seed: int) -> list[Fold]:
    """Folds of whole groups, of about one size, in each class as far as dealing gets there.

    Args:
        groups: of the rows.
        target: of every row, none missing.
        task: what the target asks for.
        folds: at least 2.
        seed: same seed, same folds.
    Raises:
        InputError: there are fewer groups than folds, or fewer folds than 2.
    """
    if folds < 2:
        raise InputError(f"folds: got {folds}, expected at least 2. Usual are 5 or 10.")
    _check_number(groups, folds, "for each fold one")
    shuffled = torch.randperm(groups.count, generator=generator(seed, "folds by group")).numpy()
    parts = _dealt(groups.numbers, _classes(target, task), [1 / folds] * folds, shuffled)
    return folds_of(parts, folds)


def _dealt(
    groups: NDArray[np.int64],
    classes: NDArray[np.int64],
    shares: Sequence[float],
    shuffled: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The part of each row, (rows,), whole groups in one part.

    The largest group comes first, while all parts still have room; those of one size come in the
    order `shuffled`. Each goes to the part p where it brings the rows n_pc that the parts have of
    each class c nearest to their shares s_p of all n_c, as measured by

        sum over p and c of (s_p - n_pc / n_c)^2

    where all rows together count as one class more. A part that has none is not left without: the
    last groups go where none is.
    Source: Graham (1969), Bounds on multiprocessing timing anomalies, for the largest first.
    """
    added = _shares_of_classes(groups, classes)
    lacking = [[share] * (classes.max() + 2) for share in shares]

    def change(part: int, group: int) -> float:
        """Of the sum: (lacking - more)^2 - lacking^2 for each class of the group."""
        own = lacking[part]
        return sum(more * (more - 2 * own[of]) for of, more in added[group])

    wanted = [part for part, share in enumerate(shares) if share > 0]
    empty = set(wanted)
    part_of = np.empty(len(shuffled), np.int64)
    sizes = np.bincount(groups)
    largest_first = shuffled[np.argsort(-sizes[shuffled], kind="stable")].tolist()
    for left, group in zip(range(len(largest_first), 0, -1), largest_first, strict=True):
        among = sorted(empty) if len(empty) == left else wanted
        part = min(among, key=partial(change, group=group))
        part_of[group] = part
        empty.discard(part)
        for of, more in added[group]:
            lacking[part][of] -= more
    return part_of[groups]


def _shares_of_classes(
    groups: NDArray[np.int64], classes: NDArray[np.int64]
) -> list[list[tuple[int, float]]]:
    """For each group the classes that it has, each with its share of their rows.

    The class after the last is that of all rows.
    """
    every = int(classes.max()) + 1
    shares = [[(every, size / len(groups))] for size in np.bincount(groups).tolist()]
    of_class = np.bincount(classes)
    pairs, rows = np.unique(groups * every + classes, return_counts=True)
    for group, of, count in zip(pairs // every, pairs % every, rows, strict=True):
        shares[group].append((int(of), float(count / of_class[of])))
    return shares


def _classes(target: Column, task: Task) -> NDArray[np.int64]:
    """The number of each row's class, from 0 on; numbers are one class."""
    if task == "regression":
        return np.zeros(len(target), np.int64)
    classes: NDArray[np.int64] = np.unique(target.values, return_inverse=True)[1]
    return classes


def _check_number(groups: Groups, least: int, why: str) -> None:
    if groups.count < least:
        raise InputError(
            f"{groups.where}: got {pluralised(groups.count, 'group')} of rows, expected at least "
            f"{least}, {why}. Give rows of more groups, or split in another way."
        )
