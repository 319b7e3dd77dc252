"""The rows of each part of a split, and of each fold of a cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# The index of a part is its index here.
PARTS = ("training", "validation", "test")
# The part of a row that is in the training of every fold.
IN_TRAINING = -1


@dataclass(frozen=True, eq=False)
class Split:
    """Ascending row indices of each part, int64. Every row is in exactly one part."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]

    @classmethod
    def from_parts(cls, parts: NDArray[np.int64]) -> Split:
        """Create the split from the part of each row, (rows,), an index in PARTS."""
        train, validation, test = (np.flatnonzero(parts == part) for part in range(len(PARTS)))
        return cls(train, validation, test)

    def without_validation(self) -> Split:
        """Return the split with the validation rows added to the training rows."""
        training = np.union1d(self.train, self.validation)
        return Split(training, self.validation[:0], self.test)


class Fold(NamedTuple):
    """Ascending row indices of one fold of a cross-validation, int64."""

    train: NDArray[np.int64]
    test: NDArray[np.int64]


def folds_of(parts: NDArray[np.int64], folds: int) -> list[Fold]:
    """Return the folds from the part of each row, (rows,), from 0 on; each part is tested once.

    Rows of the part IN_TRAINING are in the training of every fold.
    """
    return [
        Fold(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in range(folds)
    ]
