"""Leakage, which makes test scores too optimistic, and suggestions of columns to split by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.inspection.target_leakage import target_leakage
from chainrule.data.preparation import Preparation
from chainrule.data.splits import (
    Overlap,
    SplitSuggestion,
    overlap_of_groups,
    overlap_of_rows,
    suggest_splits,
)
from chainrule.data.splits.required_column import required_column
from chainrule.data.table import Column, Table
from chainrule.training.samples.split import drop_split_columns, split_strategy
from chainrule.training.settings.settings import Settings

# About a second's work: a thousand rows of a table with a thousand columns.
MAX_CELLS = 1_000_000


@dataclass(frozen=True)
class Leaks:
    """Sentences on leakage.

    Attributes:
        notes: for the user.
        leaks: without which the test score must not be reported.
    """

    notes: tuple[str, ...]
    leaks: tuple[str, ...]


def find_leaks(
    data: Dataset,
    training: Dataset,
    test: Dataset,
    preparation: Preparation,
    settings: Settings,
) -> Leaks:
    """Find the overlap of training and test, and columns that leak the target.

    Args:
        data: that was split.
        training: its training rows.
        test: the test rows, of the same or of separate data; there may be none.
        preparation: fitted on the training rows.
        settings: of the split; a group must be a column of the test.
    Raises:
        InputError: the test lacks the column of the group, or a value is missing in it.
    """
    suggestions = _suggestions(data, settings)
    notes = [f"{data.source}: {suggestion}" for suggestion in suggestions]
    leaks = _target_leakage(training, preparation)
    if len(test):
        for overlap in _overlaps(training, test, preparation, settings, suggestions):
            (leaks if overlap.leaks else notes).append(overlap.sentence)
    return Leaks(tuple(notes), tuple(leaks))


def _suggestions(data: Dataset, settings: Settings) -> tuple[SplitSuggestion, ...]:
    """Suggest columns to split by, if rows are split at random."""
    if split_strategy(settings) is not None or not isinstance(data, Table):
        return ()
    return suggest_splits(data)


def _target_leakage(training: Dataset, preparation: Preparation) -> list[str]:
    """Return sentences on the used columns that leak the target.

    Of a large table only every second, third, ... row is examined.
    """
    if not isinstance(training, Table):
        return []
    used = tuple(column for column in training.columns if column.name in preparation.columns)
    step = math.ceil(len(training) * len(used) / MAX_CELLS)
    sample = replace(training, columns=used).take(np.arange(0, len(training), step))
    problems = target_leakage(sample, preparation.task)
    return [f"{training.source}: {problem}" for problem in problems]


def _overlaps(
    training: Dataset,
    test: Dataset,
    preparation: Preparation,
    settings: Settings,
    suggestions: Sequence[SplitSuggestion],
) -> Iterator[Overlap]:
    """Yield the overlap of rows, and of each group, between training and test."""
    parts = (_comparable(part, preparation, settings) for part in (training, test))
    if (rows := overlap_of_rows(*parts)) is not None:
        yield rows
    if not isinstance(training, Table) or not isinstance(test, Table):
        return
    names = {suggestion.column for suggestion in suggestions if suggestion.kind == "group"}
    groups = [column for column in test.columns if column.name in names]
    if settings.group is not None:
        groups.append(required_column(test, "group", settings.group)[1])
    for group in groups:
        shared = overlap_of_groups(training.column(group.name), group, test.source)
        if shared is not None:
            yield shared


def _comparable(data: Dataset, preparation: Preparation, settings: Settings) -> Dataset:
    """Return the rows without split columns, with class indices as targets."""
    assert data.target is not None
    values = preparation.targets(data).flatten().numpy().astype(np.float64)
    rows = drop_split_columns(data, settings)
    return replace(rows, target=Column(data.target.name, values))
