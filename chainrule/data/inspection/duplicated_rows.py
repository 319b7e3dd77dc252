"""Duplicated rows, which a random split puts into both training and test."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences

# Of a random split as it is by default.
TRAINING_SHARE, TEST_SHARE = 0.7, 0.15


def duplicated_rows(data: Dataset) -> list[Problem]:
    """Find rows or pictures that are equal to an earlier one, the target included.

    Each of m equal rows is in the test with probability t, and another of them in training with
    probability 1 - (1 - s)^(m - 1), where t and s are the shares of test and training. The sum of
    the products is the expected number of test rows that have a copy in training.
    Args:
        data: with its target.
    """
    if data.target is None or len(data) == 0:
        return []
    _, sizes = np.unique(first_occurrences(data), return_counts=True)
    copies = len(data) - len(sizes)
    if copies == 0:
        return []
    in_training = 1 - (1 - TRAINING_SHARE) ** (sizes - 1)
    expected = float((sizes * TEST_SHARE * in_training).sum())
    noun = "picture" if isinstance(data, Images) else "row"
    verb = "is a copy" if copies == 1 else "are copies"
    return [
        Problem(
            "duplicated_rows",
            f"{pluralised(copies, noun)} of {len(data):,} {verb} of an earlier one. Split at "
            f"random, about {_rounded(expected)} of {TEST_SHARE * len(data):,.0f} test {noun}s are "
            "in training, too, and the test score is too good.",
            "If they are mistakes, delete them; if not, keep them in one part: --duplicates "
            "together",
        )
    ]


def _rounded(count: float) -> str:
    """Format an expected count, with one decimal if it is below 2."""
    return f"{count:.1f}" if count < 2 else f"{count:,.0f}"
