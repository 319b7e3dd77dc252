"""Divide: the settings say how rows are split, into three parts or into folds.

At random, each class by its shares, unless the settings say otherwise: the rows of one value of a
column together (`group`), the earliest to learn from and the latest to test on (`time`), as a
column marks them (`split_column`), or equal rows together (`duplicates`).

Nothing is learned from the column of a group, whose values new data doesn't have, or of marks. The
column of times stays: new rows have a time, too, and its month or hour may say much.

Equal rows are split like any others unless asked for. Whether they are copies of one record, which
a test must not see again, or different ones that are alike, as they have to be in a table of few
coarse columns, the rows don't say; and published scores come from plain splits. So they are
counted, and a score that they may have helped is not told without the count (prepare.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, get_args

from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.splits import (
    PARTS,
    Fold,
    Groups,
    Split,
    first_occurrences,
    group_folds,
    groups_by_value,
    groups_of,
    random_folds,
    remaining_shares,
    split_by_column,
    split_groups,
    split_rows,
    split_times,
    time_folds,
    times_of,
)
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.training.settings.settings import Settings

SplitStrategy = Literal["group", "time", "split_column", "duplicates"]


@dataclass(frozen=True, eq=False)
class SplitWithNotes:
    """How rows are split.

    Attributes:
        split: the rows of each part.
        notes: what is worth knowing about it.
    """

    split: Split
    notes: tuple[str, ...] = ()


def split_strategy(settings: Settings) -> SplitStrategy | None:
    """What keeps the rows from being split at random, if anything does.

    Raises:
        InputError: the settings name several ways to split.
    """
    ways: list[SplitStrategy] = [
        way for way in get_args(SplitStrategy) if getattr(settings, way) is not None
    ]
    if len(ways) > 1:
        raise InputError(
            f"got {' and '.join(ways)}, expected one way to split the rows. Leave out all but one."
        )
    return ways[0] if ways else None


def split_dataset(
    data: Dataset, target: Column, task: Task, settings: Settings, given: Collection[str] = ()
) -> SplitWithNotes:
    """Split the rows as the settings say.

    Args:
        data: that is split.
        target: of it.
        task: what the target asks for.
        settings: those of the split and the seed count.
        given: those of validation and test that have data of their own, and get no rows.
    Raises:
        InputError: the settings name several ways to split, or one that does not fit the data.
    """
    shares, seed = remaining_shares(settings.split, given), settings.seed
    match split_strategy(settings):
        case "group":
            groups = groups_of(data, str(settings.group))
            split = split_groups(groups, target, task, shares, seed)
            return SplitWithNotes(split, (groups.note(split),))
        case "time":
            times = times_of(data, str(settings.time))
            split = split_times(times, shares)
            return SplitWithNotes(split, (times.note(split),))
        case "split_column":
            return SplitWithNotes(_marked(data, str(settings.split_column), given))
        case "duplicates":
            return SplitWithNotes(split_groups(_equal_rows(data), target, task, shares, seed))
        case None:
            return SplitWithNotes(split_rows(target, task, shares, seed))


def split_into_folds(
    data: Dataset, target: Column, task: Task, settings: Settings, folds: int
) -> list[Fold]:
    """Split the rows for a cross-validation as the settings say.

    Args:
        data: that is split.
        target: of it.
        task: what the target asks for.
        settings: those of the split and the seed count.
        folds: how many, at least 2.
    Raises:
        InputError: as `split_dataset`; or the folds are fewer than 2, or more than the rows.
    """
    match split_strategy(settings):
        case "group":
            groups = groups_of(data, str(settings.group))
            return group_folds(groups, target, task, folds, settings.seed)
        case "time":
            return time_folds(times_of(data, str(settings.time)), folds)
        case "split_column":
            raise InputError(
                f"split_column: got '{settings.split_column}', but cross-validation tests on each "
                "part of the data in turn; expected none. Leave it out, or train once."
            )
        case "duplicates":
            return group_folds(_equal_rows(data), target, task, folds, settings.seed)
        case None:
            return random_folds(target, task, folds, settings.seed)


def folds_of_members(
    data: Dataset,
    target: Column,
    task: Task,
    settings: Settings,
    split: Split,
    given: Collection[str] = (),
) -> list[Fold]:
    """For each of several members, which of the rows before the test it learns from and judges by.

    There are none, and all members have the same validation rows, where the settings don't ask for
    folds; where the validation rows are data of their own, or marked by a column; and where times
    say which are the latest.
    Args:
        data: that is split.
        target: of it.
        task: what the target asks for.
        settings: of the run.
        split: of the rows.
        given: as of `split_dataset`.
    Raises:
        InputError: there are fewer rows or groups than members.
    Returns:
        Indices into the rows of training and validation, in ascending order.
    """
    asked = settings.member_validation == "folds" and settings.members > 1
    if not asked or "validation" in given or split_strategy(settings) in ("time", "split_column"):
        return []
    rows = split.without_validation().train
    try:
        return split_into_folds(
            data.take(rows), target.take(rows), task, settings, settings.members
        )
    except InputError as error:
        raise InputError(
            f"members: got {settings.members}, each with a fold of its own to validate on. {error} "
            "Use fewer --members, or --member-validation shared."
        ) from None


def drop_split_columns(data: Dataset, settings: Settings) -> Dataset:
    """The data without the columns of groups and of marks, which are not learned from."""
    if not isinstance(data, Table):
        return data
    apart = (settings.group, settings.split_column)
    return replace(data, columns=tuple(c for c in data.columns if c.name not in apart))


def _equal_rows(data: Dataset) -> Groups:
    return groups_by_value(f"{data.source}, equal rows together", first_occurrences(data))


def _marked(data: Dataset, name: str, given: Collection[str]) -> Split:
    """The split that a column marks, which has no rows for a part that has data of its own."""
    split = split_by_column(data, name)
    for part, rows in zip(PARTS, (split.train, split.validation, split.test), strict=True):
        if part in given and len(rows):
            raise InputError(
                f"{data.source}, column '{name}': got {pluralised(len(rows), 'row')} for {part} "
                f"beside data of its own for it, expected one of the two. Leave out --{part}-data, "
                "or these rows."
            )
    return split
