"""Sampling: which samples each batch of an epoch holds, as a function of seed and epoch alone."""

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
    """Return the rows of each batch of one epoch.

    "shuffled" visits every sample once, in an order of each epoch, "in_order" as they come; the
    last batch is smaller where they do not divide evenly. "with_replacement" draws each batch anew,
    as many whole batches as fit into the samples.
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
    """The batches of an epoch, to be gone through once.

    Attributes:
        count: how many there are.
        rows: of each in turn.
    """

    count: int
    rows: Iterator[Tensor]

    def __len__(self) -> int:
        """How many there are."""
        return self.count

    def __iter__(self) -> Iterator[Tensor]:
        """The rows of each in turn."""
        return islice(self.rows, self.count)


def batches_an_epoch(samples: int, batch_size: int, sampling: Sampling) -> int:
    """Return the number of batches, and so of iterations, in an epoch."""
    if sampling == "with_replacement":
        return max(1, samples // batch_size)
    return -(-samples // batch_size)
