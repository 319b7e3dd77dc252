"""Shuffled rows: an external shuffle. Rows that came in any order are laid out in random buckets.

Each row goes to a bucket drawn for it alone. A bucket fits in memory and is shuffled when it is
read, and the buckets are read in random order: all rows then are in a uniformly random order,
however they came.
Source: Sandelius (1962), A simple randomization procedure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.streaming.rows_file import RowsFile
from chainrule.randomness import numpy_generator

Arrays = Mapping[str, NDArray[Any]]


class ShuffledRows:
    """Rows on disk, in buckets; each row is one of several arrays, such as features and targets.

    What is added at once is sorted by bucket and written in one stretch, so that a bucket lies in
    as many stretches as were added.

    Args:
        like: by name, an array of such rows each, (any, ...).
        buckets: how many.
        seed: same seed, same buckets.
    Attributes:
        like: by name, no rows.
    """

    def __init__(self, like: Arrays, buckets: int, seed: int) -> None:
        self.like = {name: array[:0].copy() for name, array in like.items()}
        self._files = {name: RowsFile(array) for name, array in like.items()}
        self._buckets, self._seed = buckets, seed
        # Of each stretch, the first row of each bucket in the file, and the one behind the last.
        self._bounds: list[NDArray[np.int64]] = []

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self._bounds[-1][-1]) if self._bounds else 0

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of rows of each bucket."""
        none = np.zeros(self._buckets, np.int64)
        return sum((np.diff(bounds) for bounds in self._bounds), none)

    def add(self, rows: Arrays) -> None:
        """Add rows, each to a bucket drawn at random.

        Raises:
            InputError: the disk is full.
        """
        count = len(next(iter(rows.values())))
        draw = numpy_generator(self._seed, "buckets", len(self._bounds))
        buckets = draw.integers(self._buckets, size=count)
        order = np.argsort(buckets, kind="stable")
        for name, file in self._files.items():
            file.append(rows[name][order])
        sizes = np.bincount(buckets, minlength=self._buckets)
        self._bounds.append(len(self) + np.concatenate([[0], np.cumsum(sizes)]))

    def read(self, buckets: Sequence[int], into: Arrays) -> int:
        """Read buckets into the beginning of arrays that are long enough, and say how many rows."""
        filled = 0
        for bucket in buckets:
            for bounds in self._bounds:
                start, size = int(bounds[bucket]), int(bounds[bucket + 1] - bounds[bucket])
                for name, file in self._files.items():
                    file.read(start, into[name][filled : filled + size])
                filled += size
        return filled
