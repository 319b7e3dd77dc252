"""Sampling: which samples each batch of an epoch holds, as a function of seed and epoch alone."""

from typing import Literal

import torch
from torch import Tensor

from chainrule import randomness

Sampling = Literal["shuffled", "with_replacement"]


def batches(
    samples: int, batch_size: int, *, sampling: Sampling, seed: int, epoch: int
) -> tuple[Tensor, ...]:
    """The rows of each batch of one epoch.

    "shuffled" visits every sample once; the last batch is smaller where they do not divide evenly.
    "with_replacement" draws each batch anew, as many whole batches as fit into the samples.
    """
    draw = randomness.generator(seed, "order of samples", epoch)
    if sampling == "shuffled":
        return torch.split(torch.randperm(samples, generator=draw), batch_size)
    whole = max(1, samples // batch_size) * batch_size
    return torch.split(torch.randint(samples, (whole,), generator=draw), batch_size)


def batches_an_epoch(samples: int, batch_size: int, sampling: Sampling) -> int:
    """How many batches, and so iterations, an epoch has."""
    if sampling == "shuffled":
        return -(-samples // batch_size)
    return max(1, samples // batch_size)
