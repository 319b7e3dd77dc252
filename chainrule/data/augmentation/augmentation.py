"""An augmentation: a sequence of transforms of pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.resample import resample
from chainrule.data.augmentation.transform import Geometric, Motion, Photometric, Transform
from chainrule.errors import InputError


@dataclass(frozen=True)
class Augmentation:
    """Transforms, applied in order.

    >>> from chainrule.data.augmentation import Crop, Flip
    >>> pictures = torch.rand(2, 8, 8)
    >>> Augmentation((Flip(), Crop(1))).apply(pictures, torch.arange(2), seed=0, epoch=1).shape
    torch.Size([2, 8, 8])
    """

    transforms: tuple[Transform, ...]

    def check(self, shape: tuple[int, ...]) -> None:
        """Check that the augmentation fits samples of a shape.

        Args:
            shape: of one sample: (height, width) or (height, width, channels).
        Raises:
            InputError: the samples are no pictures, or a transform does not fit them.
        """
        if len(shape) not in (2, 3):
            raise InputError(
                f"augmentation: got samples of shape {shape}, expected pictures, (height, width) "
                "or (height, width, channels). Leave the augmentation out."
            )
        height, width, channels = *shape[:2], *(shape[2:] or (1,))
        for transform in self.transforms:
            transform.check(height, width, channels)

    def apply(
        self,
        pictures: Tensor,
        rows: Tensor,
        *,
        seed: int,
        epoch: int,
        low: float | Tensor = 0.0,
        high: float | Tensor = 1.0,
    ) -> Tensor:
        """Return the pictures of one epoch, a function of seed, epoch and sample only.

        Args:
            pictures: (batch, height, width) or (batch, height, width, channels), float32 or
                float64, of any memory format. They are not changed, and returned themselves if
                there is no transform.
            rows: of the samples in the data, int64 (batch,).
            seed: of the run.
            epoch: number of the epoch; each has new random numbers.
            low: the value of black, for all channels or for each, (channels,).
            high: the value of white, for all channels or for each, (channels,).
        Returns:
            Pictures of the same shape and type, possibly of another memory format.
        Raises:
            InputError: the samples are no pictures, or a transform does not fit them.
        """
        self.check(tuple(pictures.shape[1:]))
        if pictures.dim() == 3:
            grey = self.apply(
                pictures.unsqueeze(-1), rows, seed=seed, epoch=epoch, low=low, high=high
            )
            return grey.squeeze(-1)
        _, height, width, channels = pictures.shape
        low = torch.as_tensor(low, dtype=pictures.dtype).expand(channels)
        high = torch.as_tensor(high, dtype=pictures.dtype).expand(channels)
        motions: list[Motion] = []
        for key, transform in self._keyed():
            draws = Draws(seed, epoch, key, rows)
            if isinstance(transform, Geometric):
                motions.append(transform.motion(draws, height, width))
            elif isinstance(transform, Photometric):
                pictures = transform.apply(resample(pictures, motions, low), draws, low, high)
                motions = []
        return resample(pictures, motions, low)

    def _keyed(self) -> Iterator[tuple[str, Transform]]:
        """Yield each transform with its name and its number among those of the same name.

        Not with its index, so that adding or removing a transform does not change the random
        numbers of the others.
        """
        seen: Counter[str] = Counter()
        for transform in self.transforms:
            yield f"{transform.name} {seen[transform.name]}", transform
            seen[transform.name] += 1
