"""Overlap: what the test has in common with training, which makes its score too good."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.splits.duplicates import in_training
from chainrule.data.table import Column

# Up to this share of the test rows a score is off by less than one point in a hundred, whatever
# the others say. The note on them then is enough.
LEAKING_SHARE = 0.01


@dataclass(frozen=True)
class Overlap:
    """Rows, or groups of rows, that are in training and in the test.

    Attributes:
        sentence: what they are, and what to do.
        leaks: whether no test score should be told without it.
    """

    sentence: str
    leaks: bool


def overlap_of_rows(training: Dataset, test: Dataset) -> Overlap | None:
    """The test rows that are equal to a training row, or None if there are none."""
    same = int(in_training(training, test).sum())
    if same == 0:
        return None
    noun, alike = ("picture", "pixel") if isinstance(test, Images) else ("row", "column")
    return Overlap(
        f"{test.source}: {same:,} of {pluralised(len(test), f'test {noun}')} "
        f"({same / len(test):.1%}) {'is' if same == 1 else 'are'} also in training, equal in "
        f"every {alike}: where they are copies, the test score is too good; keep those of one file "
        "in one part with --duplicates together, or leave them out",
        leaks=same > LEAKING_SHARE * len(test),
    )


def overlap_of_groups(training: Column, test: Column, source: str) -> Overlap | None:
    """The groups of the test that training has rows of, or None if there are none.

    Args:
        training: the group of each training row.
        test: that of each test row.
        source: the name of the test's file.
    """
    groups = _names(test)
    met = len(np.intersect1d(_names(training), groups))
    if met == 0:
        return None
    return Overlap(
        f"{source}: {met:,} of {pluralised(len(groups), 'value')} of '{test.name}' in the test "
        f"{'is' if met == 1 else 'are'} also in training: if new data has new ones, the test score "
        f"is too good; keep those of one file in one part with --group {shlex.quote(test.name)}, "
        "or leave them out",
        leaks=True,
    )


def _names(groups: Column) -> NDArray[np.str_]:
    """Each group once; rows without one are in none."""
    return np.unique(groups.take(~groups.missing).categories().astype(str))
