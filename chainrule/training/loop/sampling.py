"""Sampling: the samples of each batch of an epoch, a function of seed and epoch alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.training.settings.settings import Sampling


def batches(
    samples: int, batch_size: int, *, sampling: Sampling, seed: int, epoch: int
) -> tuple[Tensor, ...]:
    """Return the rows of each batch of an epoch.

    "shuffled" takes each sample once, in a new order for each epoch, "in_order" in the given order;
    the last batch may be smaller. "with_replacement" draws each batch independently, as many whole
    batches as fit into the number of samples.
    """
    if sampling == "in_order":
        return torch.split(torch.arange(samples), batch_size)
    draw = randomness.generator(seed, "order of samples", epoch)
    if sampling == "shuffled":
        return torch.split(torch.randperm(samples, generator=draw), batch_size)
    whole = max(1, samples // batch_size) * batch_size
    return torch.split(torch.randint(samples, (whole,), generator=draw), batch_size)


@dataclass(frozen=True)
class EpochBatches:
    """The batches of an epoch, to be iterated once.

    Attributes:
        count: number of batches.
        rows: the rows of each batch.
    """

    count: int
    rows: Iterator[Tensor]

    def __len__(self) -> int:
        """Return the number of batches."""
        return self.count

    def __iter__(self) -> Iterator[Tensor]:
        """Return an iterator over the rows of each batch."""
        return islice(self.rows, self.count)


def batches_an_epoch(samples: int, batch_size: int, sampling: Sampling) -> int:
    """Return the number of batches in an epoch, which is also that of iterations."""
    if sampling == "with_replacement":
        return max(1, samples // batch_size)
    return -(-samples // batch_size)
