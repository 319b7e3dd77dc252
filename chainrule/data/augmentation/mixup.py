"""Mixup: convex combinations of two samples."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.ranges import Positive, check_settings


@dataclass(frozen=True)
class Mixup:
    """Each sample of a batch is mixed with a partner, features and targets alike:

    x' = l x + (1 - l) x_partner,  t' = l t + (1 - l) t_partner,  l ~ Beta(alpha, alpha)

    The partners are a permutation of the batch, and l is one number per batch, both as in the
    paper. This makes the network nearly linear between samples, and less confident.
    Args:
        alpha: above 0. With 0.2 most batches are mixed little, with 1 l is uniform.
    Raises:
        InputError: alpha is not above 0.
    Source: Zhang et al. (2018), mixup: beyond empirical risk minimization, section 2.
    """

    alpha: Positive = 0.2

    def __post_init__(self) -> None:
        check_settings(self)

    def apply(
        self, x: Tensor, t: Tensor, *, seed: int, epoch: int, batch: int
    ) -> tuple[Tensor, Tensor]:
        """Return mixed features and targets; the original ones are not changed.

        Args:
            x: features, (samples, ...), floating point.
            t: targets, floating point: (samples, classes), one-hot, or (samples, 1).
            seed: of the run.
            epoch: number of the epoch.
            batch: number of the batch in the epoch.
        """
        share = randomness.numpy_generator(seed, "mixup share", epoch, batch).beta(
            self.alpha, self.alpha
        )
        draw = randomness.generator(seed, "mixup partners", epoch, batch)
        partners = torch.randperm(len(x), generator=draw)
        return x[partners].lerp_(x, share), t[partners].lerp_(t, share)
