"""Random split of rows, by row number only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.splits import Shares
from chainrule.randomness import uniforms

TRAINING, VALIDATION, TEST = range(3)  # row_locations among PARTS

NO_ROWS = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class RowSplit:
    """Random split: row r draws a uniform number 0 <= u_r < 1, a function of the seed and r.

    A row is for the test if u < its share, for validation if u >= 1 - the share of validation, and
    else for training. So nothing has to be stored per row, the order of chunks does not matter, and
    smaller shares of validation and test only move rows to training.
    The shares hold in expectation: with 20 million rows they are met to about 1 in 1,000.

    Attributes:
        validation: share of validation rows.
        test: share of test rows.
        seed: same seed, same split.
        to_training: rows that are always for training, ascending: one of each class, so that the
            test has no unknown class.
    """

    validation: float
    test: float
    seed: int
    to_training: NDArray[np.int64] = field(default_factory=lambda: NO_ROWS)

    @classmethod
    def of(
        cls, shares: Shares, rows: int, max_rows: int, seed: int, to_training: NDArray[np.int64]
    ) -> RowSplit:
        """Create a split with these shares, and at most `max_rows` rows in validation and in test.

        Args:
            shares: of training, validation and test.
            rows: total number of rows.
            max_rows: maximum number of rows of validation, and of the test.
            seed: same seed, same split.
            to_training: rows that are always for training.
        """
        limit = max_rows / max(rows, 1)
        return cls(min(shares[1], limit), min(shares[2], limit), seed, to_training)

    def parts(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """Return TRAINING, VALIDATION or TEST for each row number, counted from 0."""
        u = self._draws("split", rows)
        parts = np.full(len(rows), TRAINING, np.int8)
        parts[u >= 1 - self.validation] = VALIDATION
        parts[u < self.test] = TEST
        parts[np.isin(rows, self.to_training, assume_unique=True)] = TRAINING
        return parts

    def drawn(self, rows: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
        """Return a mask of the rows that are in a random sample of that share of all rows.

        The sample always includes the rows in `to_training`.
        """
        sampled: NDArray[np.bool_] = self._draws("sample", rows) < share
        return sampled | np.isin(rows, self.to_training, assume_unique=True)

    def _draws(self, purpose: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        row_numbers = torch.from_numpy(rows)
        return uniforms(self.seed, f"{purpose} of rows", rows=row_numbers).numpy()
