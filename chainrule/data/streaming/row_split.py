"""Row split: to which part a row belongs, told from its number alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.splits import Shares
from chainrule.randomness import uniforms

TRAINING, VALIDATION, TEST = range(3)  # places among PARTS

NO_ROWS = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class RowSplit:
    """Divides rows at random: row r draws a number u_r of 0 <= u < 1, a function of seed and r.

    A row is for the test if u < its share, for validation if u >= 1 - the share of validation, and
    else for training. So nothing has to be kept of any row, the order of the file does not matter,
    and smaller shares of validation and test only move rows to training.
    The shares are those of the expectation: of 20 million rows they are kept to about 1 in 1,000.

    Attributes:
        validation: its share.
        test: its share.
        seed: same seed, same split.
        to_training: rows that are for training whatever they draw, ascending: one of each class, so
            that none is met for the first time in the test.
    """

    validation: float
    test: float
    seed: int
    to_training: NDArray[np.int64] = field(default_factory=lambda: NO_ROWS)

    @classmethod
    def of(
        cls, shares: Shares, rows: int, most: int, seed: int, to_training: NDArray[np.int64]
    ) -> RowSplit:
        """The split by these shares, but of at most so many rows for validation and for the test.

        Args:
            shares: of training, validation and test.
            rows: that there are.
            most: rows that validation may have, and the test.
            seed: same seed, same split.
            to_training: rows that are for training whatever they draw.
        """
        limit = most / max(rows, 1)
        return cls(min(shares[1], limit), min(shares[2], limit), seed, to_training)

    def parts(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """TRAINING, VALIDATION or TEST of each of these rows, counted from 0."""
        u = self._draws("split", rows)
        parts = np.full(len(rows), TRAINING, np.int8)
        parts[u >= 1 - self.validation] = VALIDATION
        parts[u < self.test] = TEST
        parts[np.isin(rows, self.to_training, assume_unique=True)] = TRAINING
        return parts

    def drawn(self, rows: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
        """Whether each of these rows is in a random sample of that share of all rows.

        The rows that are always for training are always in it.
        """
        found: NDArray[np.bool_] = self._draws("sample", rows) < share
        return found | np.isin(rows, self.to_training, assume_unique=True)

    def _draws(self, purpose: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        of_rows = torch.from_numpy(rows)
        return uniforms(self.seed, f"{purpose} of rows", rows=of_rows).numpy()
