"""Overlap of training and test, which makes the test score too optimistic."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.splits.duplicates import in_training
from chainrule.data.table import Column

# Up to this share of the test rows the score is off by less than one percentage point, so a note
# suffices.
LEAKING_SHARE = 0.01


@dataclass(frozen=True)
class Overlap:
    """Rows or groups that are in both training and test.

    Attributes:
        sentence: a description with a remedy.
        leaks: whether the test score must not be reported without it.
    """

    sentence: str
    leaks: bool


def overlap_of_rows(training: Dataset, test: Dataset) -> Overlap | None:
    """Return the test rows that are equal to a training row; None if there are none."""
    same = int(in_training(training, test).sum())
    if same == 0:
        return None
    noun, part = ("picture", "pixel") if isinstance(test, Images) else ("row", "column")
    return Overlap(
        f"{test.source}: {same:,} of {pluralised(len(test), f'test {noun}')} "
        f"({same / len(test):.1%}) {'is' if same == 1 else 'are'} also in training, equal in "
        f"every {part}: where they are copies, the test score is too good; keep those of one file "
        "in one part with --duplicates together, or leave them out",
        leaks=same > LEAKING_SHARE * len(test),
    )


def overlap_of_groups(training: Column, test: Column, source: str) -> Overlap | None:
    """Return the groups that have rows in both training and test; None if there are none.

    Args:
        training: the group of each training row.
        test: the group of each test row.
        source: the name of the test's file.
    """
    groups = _names(test)
    shared = len(np.intersect1d(_names(training), groups))
    if shared == 0:
        return None
    verb = "is" if shared == 1 else "are"
    return Overlap(
        f"{source}: {shared:,} of {pluralised(len(groups), 'value')} of '{test.name}' in the test "
        f"{verb} also in training: if new data has new ones, the test score is too good; keep "
        f"those of one file in one part with --group {shlex.quote(test.name)}, or leave them out",
        leaks=True,
    )


def _names(groups: Column) -> NDArray[np.str_]:
    """Return the distinct groups; rows with a missing group belong to none."""
    return np.unique(groups.take(~groups.missing).categories().astype(str))
