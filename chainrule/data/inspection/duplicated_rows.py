"""Rows that are there more than once, and land on both sides of a random split."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.inspection.problem import Problem
from chainrule.data.splits import first_occurrences
from chainrule.data.splits.shares import Shares

DEFAULT_SHARES: Shares = (0.7, 0.15, 0.15)


def duplicated_rows(data: Dataset, shares: Shares = DEFAULT_SHARES) -> list[Problem]:
    """Rows or pictures that equal an earlier one in everything, the target included.

    Of m equal rows, each is in the test with the share t, and another one of them in training with
    the probability 1 - (1 - s)^(m - 1), s the share of training: summed up, that is how many test
    rows are expected to have been learned from.
    Args:
        data: with its target.
        shares: of training, validation and test, that rows are split by at random.
    """
    if data.target is None or len(data) == 0:
        return []
    _, sizes = np.unique(first_occurrences(data), return_counts=True)
    copies = len(data) - len(sizes)
    if copies == 0:
        return []
    training, _, test = shares
    known = float((sizes * test * (1 - (1 - training) ** (sizes - 1))).sum())
    noun = "picture" if isinstance(data, Images) else "row"
    verb = "is a copy" if copies == 1 else "are copies"
    return [
        Problem(
            "duplicated_rows",
            f"{pluralised(copies, noun)} of {len(data):,} {verb} of an earlier one. Split at "
            f"random, about {_few(known)} of {test * len(data):.0f} test {noun}s are in training, "
            "too, and the test score is too good.",
            "If they are mistakes, delete them; if not, keep them on one side: --duplicates "
            "together",
        )
    ]


def _few(count: float) -> str:
    """An expected count, with a decimal where it is small."""
    return f"{count:.1f}" if count < 10 else f"{count:,.0f}"
