"""Training samples on disk, of which a window is in memory at a time.

They are stored in random buckets (data/streaming/shuffled_rows.py). A window holds two buckets,
paired anew in every epoch, and the remainder of the previous window; it is shuffled and split into
batches, while another thread reads the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.errors import InputError
from chainrule.randomness import generator
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings

BUCKETS_PER_WINDOW = 2


@dataclass(frozen=True, eq=False)
class StreamedSamples:
    """Prepared training samples on disk.

    Attributes:
        rows: features, targets, and weights unless all are equal.
        in_memory: a random subset in memory, which includes one sample of each class, or the
            smallest and the largest target of a regression.
    """

    rows: ShuffledRows
    in_memory: Samples

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.rows)

    def window(self, settings: Settings) -> Window:
        """Return a window of the samples, for one training.

        Raises:
            InputError: the settings need more samples than can be in memory at once.
        """
        largest = int(self.rows.sizes.max())
        if settings.batch_size == "all" or (settings.batch_size or 0) > largest:
            raise InputError(
                f"batch_size: got {settings.batch_size} for samples that are read from disk some "
                f"at a time; expected at most {largest:,}. Use a smaller --batch-size, such as "
                "256, or allow more with --memory."
            )
        if settings.sampling != "shuffled":
            raise InputError(
                f"sampling: got {settings.sampling} for samples that are read from disk some at a "
                "time; expected shuffled. Leave it out, or allow more with --memory."
            )
        return Window(self.rows)


def samples_in_memory(samples: Samples | StreamedSamples) -> Samples:
    """Return samples in memory: a subset of those on disk, else all."""
    return samples.in_memory if isinstance(samples, StreamedSamples) else samples


class Window:
    """Samples in memory, replaced by others in the course of an epoch.

    Args:
        rows: on disk.
    Attributes:
        samples: from which batches are gathered. Their tensors keep their memory and are refilled,
            so that kernels that gather batches are bound once.
    """

    def __init__(self, rows: ShuffledRows) -> None:
        largest = int(rows.sizes.max())
        self._rows = rows
        # With space for the remainder, which is less than a batch, and a batch less than a bucket.
        self._current = _allocate(rows, (BUCKETS_PER_WINDOW + 1) * largest)
        self._next = _allocate(rows, BUCKETS_PER_WINDOW * largest)
        self._reading: Future[int] | None = None
        self.samples = Samples(**{name: torch.from_numpy(a) for name, a in self._current.items()})

    def __len__(self) -> int:
        """The number of samples of an epoch."""
        return len(self._rows)

    def batches(self, batch_size: int, *, seed: int, epoch: int) -> Iterator[Tensor]:
        """Yield the rows of each batch in `samples`, which are valid until the next one.

        Each sample is visited once. The order is a function of seed and epoch.
        """
        draw = generator(seed, "order of samples", epoch)
        order = torch.randperm(len(self._rows.sizes), generator=draw).tolist()
        starts = range(0, len(order), BUCKETS_PER_WINDOW)
        windows = [order[start : start + BUCKETS_PER_WINDOW] for start in starts]
        remainder = 0
        reading = self._read_ahead(windows[0])
        for following in [*windows[1:], None]:
            count = remainder + self._move_in(reading.result(), offset=remainder)
            if following is not None:
                reading = self._read_ahead(following)
            rows = torch.randperm(count, generator=draw)
            end = count if following is None else count // batch_size * batch_size
            for start in range(0, end, batch_size):
                yield rows[start : min(start + batch_size, end)]
            remainder = self._keep(rows[end:])

    def _read_ahead(self, buckets: Sequence[int]) -> Future[int]:
        """Read the next buckets in another thread; return the future number of samples."""
        if self._reading is not None:
            wait([self._reading])  # of an epoch that was stopped early
        reader = ThreadPoolExecutor(1)
        self._reading = reader.submit(self._rows.read, buckets, self._next)
        reader.shutdown(wait=False)
        return self._reading

    def _move_in(self, count: int, offset: int) -> int:
        """Copy the samples that were read ahead after the remainder; return their number."""
        for name, array in self._current.items():
            array[offset : offset + count] = self._next[name][:count]
        return count

    def _keep(self, rows: Tensor) -> int:
        """Move some samples to the front, and return their number."""
        for array in self._current.values():
            array[: len(rows)] = array[rows.numpy()]
        return len(rows)


def _allocate(rows: ShuffledRows, count: int) -> dict[str, NDArray[Any]]:
    return {
        name: np.empty((count, *array.shape[1:]), array.dtype) for name, array in rows.like.items()
    }
