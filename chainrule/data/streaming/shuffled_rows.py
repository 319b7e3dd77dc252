"""External shuffle: rows on disk in random buckets.

Each row goes to a bucket drawn at random. A bucket fits in memory and is shuffled after reading,
and the buckets are read in random order, so the rows are in a uniformly random order.
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
    """Rows of several arrays, such as features and targets, on disk in random buckets.

    The rows of one call of `add` are sorted by bucket and written as one block, so each bucket
    consists of a range of every block.

    Args:
        like: by name, an array of rows of the same shape and type, (any, ...).
        buckets: number of buckets.
        seed: same seed, same buckets.
    Attributes:
        like: by name, an empty array of the same shape and type.
    """

    def __init__(self, like: Arrays, buckets: int, seed: int) -> None:
        self.like = {name: array[:0].copy() for name, array in like.items()}
        self._files = {name: RowsFile(array) for name, array in like.items()}
        self._buckets, self._seed = buckets, seed
        # Of each block, the first row of each bucket in the file, and the end of the last bucket.
        self._bounds: list[NDArray[np.int64]] = []

    def __len__(self) -> int:
        """The number of rows."""
        return int(self._bounds[-1][-1]) if self._bounds else 0

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The number of rows of each bucket."""
        none = np.zeros(self._buckets, np.int64)
        return sum((np.diff(bounds) for bounds in self._bounds), none)

    def add(self, rows: Arrays) -> None:
        """Add rows, each to a random bucket.

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
        """Read buckets into the beginning of arrays, and return the number of rows."""
        filled = 0
        for bucket in buckets:
            for bounds in self._bounds:
                start, size = int(bounds[bucket]), int(bounds[bucket + 1] - bounds[bucket])
                for name, file in self._files.items():
                    file.read(start, into[name][filled : filled + size])
                filled += size
        return filled
