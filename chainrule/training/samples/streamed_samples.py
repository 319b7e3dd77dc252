"""Streamed samples: training samples that lie on disk, of which a window is in memory at a time.

They lie there in random buckets (data/streaming/shuffled_rows.py). A window holds two buckets,
which meet in other pairs in every epoch, and what the window before left over; it is shuffled and
cut into batches, while the next one is read by another thread.
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

BUCKETS_A_WINDOW = 2


@dataclass(frozen=True, eq=False)
class StreamedSamples:
    """Prepared training samples on disk.

    Attributes:
        rows: features, targets, and weights if they do not all count alike.
        in_memory: a random subset in memory, which includes one sample of each class, or the
            smallest and the largest target of a regression.
    """

    rows: ShuffledRows
    in_memory: Samples

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.rows)

    def window(self, settings: Settings) -> Window:
        """A window of them, for one training.

        Raises:
            InputError: the settings ask for samples that can't be in memory at once.
        """
        most = int(self.rows.sizes.max())
        if settings.batch_size == "all" or (settings.batch_size or 0) > most:
            raise InputError(
                f"batch_size: got {settings.batch_size} for samples that are read from disk some "
                f"at a time; expected at most {most:,}. Use a smaller --batch-size, such as 256, "
                "or allow more with --memory."
            )
        if settings.sampling != "shuffled":
            raise InputError(
                f"sampling: got {settings.sampling} for samples that are read from disk some at a "
                "time; expected shuffled. Leave it out, or allow more with --memory."
            )
        return Window(self.rows)


def samples_in_memory(samples: Samples | StreamedSamples) -> Samples:
    """Samples in memory: of those on disk some, else all."""
    return samples.in_memory if isinstance(samples, StreamedSamples) else samples


class Window:
    """Samples in memory, exchanged for others as an epoch goes on.

    Args:
        rows: on disk.
    Attributes:
        samples: of which each batch has its rows. Their tensors stay where they are and are filled
            again and again, so that what gathers batches from them is bound once.
    """

    def __init__(self, rows: ShuffledRows) -> None:
        room = int(rows.sizes.max())
        self._rows = rows
        # Room for what is left over, too: it is less than a batch, and a batch less than a bucket.
        self._here = _space(rows, (BUCKETS_A_WINDOW + 1) * room)
        self._ahead = _space(rows, BUCKETS_A_WINDOW * room)
        self._reading: Future[int] | None = None
        self.samples = Samples(**{name: torch.from_numpy(a) for name, a in self._here.items()})

    def __len__(self) -> int:
        """Number of samples that an epoch brings."""
        return len(self._rows)

    def batches(self, batch_size: int, *, seed: int, epoch: int) -> Iterator[Tensor]:
        """The rows of each batch among `samples`, which hold until the next one is asked for.

        Each sample is visited once. The order is a function of seed and epoch.
        """
        draw = generator(seed, "order of samples", epoch)
        order = torch.randperm(len(self._rows.sizes), generator=draw).tolist()
        starts = range(0, len(order), BUCKETS_A_WINDOW)
        windows = [order[start : start + BUCKETS_A_WINDOW] for start in starts]
        left = 0
        coming = self._begin_to_read(windows[0])
        for following in [*windows[1:], None]:
            count = left + self._move_in(coming.result(), behind=left)
            if following is not None:
                coming = self._begin_to_read(following)
            rows = torch.randperm(count, generator=draw)
            end = count if following is None else count // batch_size * batch_size
            for start in range(0, end, batch_size):
                yield rows[start : min(start + batch_size, end)]
            left = self._keep(rows[end:])

    def _begin_to_read(self, buckets: Sequence[int]) -> Future[int]:
        """Read buckets ahead by a thread that ends with them; the number of their samples."""
        if self._reading is not None:
            wait([self._reading])  # of an epoch that was left early
        reader = ThreadPoolExecutor(1)
        self._reading = reader.submit(self._rows.read, buckets, self._ahead)
        reader.shutdown(wait=False)
        return self._reading

    def _move_in(self, count: int, behind: int) -> int:
        """Take over the samples that were read ahead, behind those that are left."""
        for name, array in self._here.items():
            array[behind : behind + count] = self._ahead[name][:count]
        return count

    def _keep(self, rows: Tensor) -> int:
        """Move some samples to the front, and say how many they are."""
        for array in self._here.values():
            array[: len(rows)] = array[rows.numpy()]
        return len(rows)


def _space(rows: ShuffledRows, count: int) -> dict[str, NDArray[Any]]:
    return {
        name: np.empty((count, *array.shape[1:]), array.dtype) for name, array in rows.like.items()
    }
