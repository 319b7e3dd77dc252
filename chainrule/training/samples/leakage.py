"""Leaks: what makes test scores promise too much, and columns that would keep the test apart."""

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

# About a second's work; of a table of a thousand columns it leaves a thousand rows.
CELLS_LOOKED_AT = 1_000_000


@dataclass(frozen=True)
class Leaks:
    """What was found, in sentences.

    Attributes:
        notes: that are worth knowing.
        leaks: without which no test score should be told.
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
    """Look for what training and test have in common, and for columns that tell the target.

    Args:
        data: that was split.
        training: its training rows.
        test: the test rows, of the same data or of their own; there may be none.
        preparation: fitted on the training rows.
        settings: how the rows were split; their group has to be a column of the test.
    Raises:
        InputError: the test lacks the column of the group, or a value in it.
    """
    candidates = _candidates(data, settings)
    notes = [f"{data.source}: {candidate}" for candidate in candidates]
    leaks = _given_away(training, preparation)
    if len(test):
        for overlap in _overlaps(training, test, preparation, settings, candidates):
            (leaks if overlap.leaks else notes).append(overlap.sentence)
    return Leaks(tuple(notes), tuple(leaks))


def _candidates(data: Dataset, settings: Settings) -> tuple[SplitSuggestion, ...]:
    """The columns by which rows could be split that are split at random."""
    if split_strategy(settings) is not None or not isinstance(data, Table):
        return ()
    return suggest_splits(data)


def _given_away(training: Dataset, preparation: Preparation) -> list[str]:
    """Sentences on the columns that are learned from and give the target away.

    Of a large table every second, third, ... row is looked at.
    """
    if not isinstance(training, Table):
        return []
    learned = tuple(c for c in training.columns if c.name in preparation.columns)
    every = math.ceil(len(training) * len(learned) / CELLS_LOOKED_AT)
    looked_at = replace(training, columns=learned).take(np.arange(0, len(training), every))
    found = target_leakage(looked_at, preparation.task)
    return [f"{training.source}: {problem}" for problem in found]


def _overlaps(
    training: Dataset,
    test: Dataset,
    preparation: Preparation,
    settings: Settings,
    candidates: Sequence[SplitSuggestion],
) -> Iterator[Overlap]:
    """The rows, and the values of each group, that training and test have in common."""
    sides = (_comparable(of, preparation, settings) for of in (training, test))
    if (rows := overlap_of_rows(*sides)) is not None:
        yield rows
    if not isinstance(training, Table) or not isinstance(test, Table):
        return
    names = {candidate.column for candidate in candidates if candidate.kind == "group"}
    groups = [column for column in test.columns if column.name in names]
    if settings.group is not None:
        groups.append(required_column(test, "group", settings.group)[1])
    for group in groups:
        met = overlap_of_groups(training.column(group.name), group, test.source)
        if met is not None:
            yield met


def _comparable(data: Dataset, preparation: Preparation, settings: Settings) -> Dataset:
    """The rows without marks, and with targets that are the same for one class in any file."""
    assert data.target is not None
    values = preparation.targets(data).flatten().numpy().astype(np.float64)
    unmarked = drop_split_columns(data, settings)
    return replace(unmarked, target=Column(data.target.name, values))
