"""Split: the rows of each part, and of each fold of a cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# In this order wherever a part has a number.
PARTS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """The rows of each part, as ascending indices (int64). Every row is in exactly one part."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]

    @classmethod
    def from_parts(cls, parts: NDArray[np.int64]) -> Split:
        """The split of rows whose parts are known, (rows,), each by its place in PARTS."""
        train, validation, test = (np.flatnonzero(parts == place) for place in range(len(PARTS)))
        return cls(train, validation, test)

    def without_validation(self) -> Split:
        """The same with the rows of the validation among those to learn from."""
        learned = np.union1d(self.train, self.validation)
        return Split(learned, self.validation[:0], self.test)


class Fold(NamedTuple):
    """The rows of one training of a cross-validation, as ascending indices (int64)."""

    train: NDArray[np.int64]
    test: NDArray[np.int64]


def folds_of(parts: NDArray[np.int64], folds: int) -> list[Fold]:
    """The folds of rows whose parts are known, (rows,), from 0 on: each part is tested once."""
    return [
        Fold(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in range(folds)
    ]
