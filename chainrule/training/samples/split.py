"""Splitting of rows by the settings, into training, validation and test, or into folds.

Rows are split at random and stratified by class, unless the settings name another strategy: all
rows of one value of a column in one part (`group`), the earliest rows for training and the latest
for the test (`time`), as a column marks them (`split_column`), or equal rows in one part
(`duplicates`).

The columns of the group, whose values are new in new data, and of the marks are no features. The
column of times is one: new rows have a time, and its month or hour may be informative.

By default, equal rows may be in different parts. They can be copies of one record, which must not
be in both training and test, or different records, as is common in tables of few coarse columns;
the rows do not tell which, and published scores are of plain random splits. So they are counted,
and the test score is reported with the count (prepare.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

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
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.settings.settings import Settings

SplitStrategy = Literal["group", "time", "split_column", "duplicates"]


@dataclass(frozen=True, eq=False)
class SplitWithNotes:
    """A split and notes on it.

    Attributes:
        split: the rows of each part.
        notes: for the user.
    """

    split: Split
    notes: tuple[str, ...] = ()


def split_strategy(settings: Settings) -> SplitStrategy | None:
    """Return the strategy that the settings name; None for a random split.

    Raises:
        InputError: the settings name several strategies.
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
    data: Dataset, target: Column, task: Task, settings: Settings, separate: Collection[str] = ()
) -> SplitWithNotes:
    """Split rows by the strategy of the settings.

    Args:
        data: to split.
        target: of the data.
        task: of the target.
        settings: those of the split and the seed are used.
        separate: those of validation and test that have separate data, and get no rows.
    Raises:
        InputError: the settings name several strategies, or one that does not fit the data.
    """
    shares, seed = remaining_shares(settings.split, separate), settings.seed
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
            return SplitWithNotes(_split_by_marks(data, str(settings.split_column), separate))
        case "duplicates":
            return SplitWithNotes(split_groups(_equal_rows(data), target, task, shares, seed))
        case None:
            return SplitWithNotes(split_rows(target, task, shares, seed))


def split_into_folds(
    data: Dataset, target: Column, task: Task, settings: Settings, folds: int
) -> list[Fold]:
    """Split rows into the folds of a cross-validation, by the strategy of the settings.

    Args:
        data: to split.
        target: of the data.
        task: of the target.
        settings: those of the split and the seed are used.
        folds: number of folds, at least 2.
    Raises:
        InputError: as `split_dataset`; or there are fewer folds than 2, or more than rows.
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
    separate: Collection[str] = (),
) -> list[Fold]:
    """Return the training and validation rows of each member, a fold of all rows but the test.

    The list is empty, and all members have the same validation rows, if the settings do not ask for
    folds, if the validation data is separate or marked by a column, or if rows are split by time.
    Args:
        data: that was split.
        target: of the data.
        task: of the target.
        settings: of the run.
        split: of the rows.
        separate: as of `split_dataset`.
    Raises:
        InputError: there are fewer rows or groups than members.
    Returns:
        Ascending indices into the rows of training and validation together.
    """
    if not wants_folds(settings) or _reason_for_fixed_rows(settings, separate):
        return []
    rows = split.without_validation().train
    try:
        return split_into_folds(
            data.take(rows), target.take(rows), task, settings, settings.members
        )
    except InputError as error:
        raise InputError(
            f"members: got {settings.members}, each with its own fold to validate on. {error} "
            "Use fewer --members, or --member-validation shared."
        ) from None


def wants_folds(settings: Settings) -> bool:
    """Return whether each of several members is to validate on a fold of its own."""
    return settings.member_validation == "folds" and settings.members > 1


def notes_on_shared_validation(settings: Settings, separate: Collection[str]) -> list[str]:
    """Return a note where members are to validate on folds, and the validation rows are fixed."""
    reason = _reason_for_fixed_rows(settings, separate)
    return [note_on_shared_validation(settings, reason)] if reason and wants_folds(settings) else []


def note_on_shared_validation(settings: Settings, reason: str) -> str:
    """Return the note that all members validate on the same rows."""
    return (
        f"all {settings.members} members validate on the same rows and not on folds of their own, "
        f"as {reason}"
    )


def _reason_for_fixed_rows(settings: Settings, separate: Collection[str]) -> str:
    """Return why the validation rows are the same for all members; empty if they need not be."""
    if "validation" in separate:
        return "the validation data is separate"
    reasons = {
        "time": "the rows are split by time",
        "split_column": "a column marks the validation rows",
    }
    return reasons.get(split_strategy(settings) or "", "")


def parts_not_drawn(settings: Settings, separate: Collection[str]) -> tuple[str, ...]:
    """Return the parts of validation and test whose rows are not drawn at random.

    They are taken by time or by a column, or are separate data: they may differ from the training
    rows by more than chance.
    """
    if split_strategy(settings) in ("time", "split_column"):
        return ("validation", "test")
    return tuple(part for part in ("validation", "test") if part in separate)


def drop_split_columns(data: Dataset, settings: Settings) -> Dataset:
    """Return the data without the columns of groups and of marks, which are no features."""
    if not isinstance(data, Table):
        return data
    return data.without([name for name in (settings.group, settings.split_column) if name])


def _equal_rows(data: Dataset) -> Groups:
    return groups_by_value(f"{data.source}, equal rows together", first_occurrences(data))


def _split_by_marks(data: Dataset, name: str, separate: Collection[str]) -> Split:
    """Split by a column of marks, which must have no rows for a part with separate data."""
    split = split_by_column(data, name)
    for part, rows in zip(PARTS, (split.train, split.validation, split.test), strict=True):
        if part in separate and len(rows):
            raise InputError(
                f"{data.source}, column '{name}': got {pluralised(len(rows), 'row')} for {part} "
                f"and separate data for it, expected one of the two. Leave out --{part}-data, or "
                "these rows."
            )
    return split
