"""Batch source: features, targets, sample weights and random key of each batch for a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.data.augmentation import Augmentation, Mixup
from chainrule.data.preparation.byte_features import ByteFeatures, look_up
from chainrule.data.preparation.pixels import Pixels
from chainrule.errors import InputError
from chainrule.graph.operation import Call, Calls
from chainrule.native import compile_calls, lower_calls
from chainrule.training.loop.sampling import batches
from chainrule.training.recipe.methods import make_augmentation, make_mixup
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.samples import Samples, fill_targets
from chainrule.training.samples.streamed_samples import StreamedSamples, Window
from chainrule.training.settings.settings import Sampling, Settings


@dataclass(frozen=True)
class BatchSource:
    """Source of batches: gathers samples into the inputs of a plan, and augments or mixes them.

    Attributes:
        samples: the training samples.
        seed: seed of all random draws.
        augmentation: augmentation of pictures; None for none.
        low: feature values of black, a number for each channel; `high` are those of white.
        mixup: mixing of the batch, whose targets are then one-hot or numbers; None for none.
        window: window that loads samples into memory; None if all of them are in `samples`.
    """

    samples: Samples
    seed: int
    augmentation: Augmentation | None = None
    low: Tensor | float = 0.0
    high: Tensor | float = 1.0
    mixup: Mixup | None = None
    window: Window | None = None
    _gathers: dict[int, Gather] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, prepared: Prepared, settings: Settings, augmentation: Augmentation | None = None
    ) -> BatchSource:
        """Return the source of the training samples.

        Args:
            prepared: the prepared samples.
            settings: the settings of the run.
            augmentation: replaces the augmentation that the settings name.
        Raises:
            InputError: augmentation is set, but the samples are not pictures, or are projected.
        """
        augmentation = augmentation or make_augmentation(settings)
        preparation = prepared.preparation
        training, window = prepared.training, None
        if isinstance(training, StreamedSamples):
            window = training.window(settings)
            training = window.samples
        seed, mixup = settings.seed, make_mixup(settings)
        source = cls(training, seed, augmentation, mixup=mixup, window=window)
        if augmentation is None:
            return source
        pixels = preparation.inputs
        if not isinstance(pixels, Pixels) or preparation.projection is not None:
            raise InputError(
                "augment: got augmentations for samples that are not pictures or are projected; "
                "expected pictures without a projection. Leave it out."
            )
        augmentation.check(preparation.feature_shape)
        return replace(source, low=torch.tensor(pixels.low), high=torch.tensor(pixels.high))

    def in_precision(self, dtype: torch.dtype) -> BatchSource:
        """Return this source with its numbers in another precision."""
        return replace(self, samples=self.samples.in_precision(dtype))

    def __len__(self) -> int:
        """Return the number of training samples."""
        return len(self.samples) if self.window is None else len(self.window)

    def batches(self, batch_size: int, sampling: Sampling, epoch: int) -> Iterator[Tensor]:
        """Return the rows of each batch of an epoch, valid until the next batch is requested."""
        if self.window is not None:
            return self.window.batches(batch_size, seed=self.seed, epoch=epoch)
        return iter(batches(len(self), batch_size, sampling=sampling, seed=self.seed, epoch=epoch))

    def fill(
        self, inputs: Mapping[str, Tensor], rows: Tensor, *, epoch: int, batch: int, step: int
    ) -> None:
        """Fill a plan's inputs.

        Args:
            inputs: the inputs of the plan, by name.
            rows: indices of the samples, int64 (batch,).
            epoch: number of the epoch, from 1.
            batch: number of the batch in the epoch, from 0.
            step: number of previous updates.
        """
        for call in self.calls(inputs, rows, epoch=epoch, batch=batch, step=step):
            call()

    def calls(
        self, inputs: Mapping[str, Tensor], rows: Tensor, *, epoch: int, batch: int, step: int
    ) -> Calls:
        """Return the calls that `fill` makes; they must run before the next call of this method."""
        calls = self._gather_into(inputs).calls(rows)
        if "key" in inputs:
            inputs["key"].fill_(randomness.key(self.seed, "step", step))
        if self.augmentation is not None:
            calls.append(partial(self._augment, inputs["x"], rows, epoch))
        if self.mixup is not None:
            calls.append(partial(self._mix, inputs["x"], inputs["t"], epoch, batch))
        return calls

    def _augment(self, x: Tensor, rows: Tensor, epoch: int) -> None:
        assert self.augmentation is not None
        bounds = {"low": self.low, "high": self.high}
        x.copy_(self.augmentation.apply(x, rows, seed=self.seed, epoch=epoch, **bounds))

    def _mix(self, x: Tensor, t: Tensor, epoch: int, batch: int) -> None:
        assert self.mixup is not None
        mixed = self.mixup.apply(x, t, seed=self.seed, epoch=epoch, batch=batch)
        x.copy_(mixed[0])
        t.copy_(mixed[1])

    def _gather_into(self, inputs: Mapping[str, Tensor]) -> Gather:
        address = inputs["x"].data_ptr()
        if address not in self._gathers:
            self._gathers[address] = Gather(self.samples, inputs)
        return self._gathers[address]


class Gather:
    """Copies samples into the inputs of one plan, bound once like the calls of a plan.

    Args:
        samples: the samples to copy.
        inputs: the inputs of the plan, by name.
    """

    def __init__(self, samples: Samples, inputs: Mapping[str, Tensor]) -> None:
        rows = torch.zeros(len(inputs["x"]), dtype=torch.int64)
        calls: Calls = [_copy_call(samples.features, rows, inputs["x"])]
        if inputs["t"].dim() == samples.targets.dim():
            calls.append(_copy_call(samples.targets, rows, inputs["t"]))
        else:
            calls.append(partial(fill_targets, inputs["t"], samples.targets, rows))
        if "weights" in inputs and samples.weights is not None:
            calls.append(_copy_call(samples.weights, rows, inputs["weights"]))
        self._rows, self._calls = rows, compile_calls(lower_calls(calls))

    def calls(self, rows: Tensor) -> Calls:
        """Return the calls that copy the samples of these rows, int64 (batch,)."""
        self._rows.copy_(rows)
        return [*self._calls]


def _copy_call(source: Tensor | ByteFeatures, rows: Tensor, out: Tensor) -> Call:
    if isinstance(source, ByteFeatures):
        return partial(look_up, source.bytes, source.values, rows, out=out)
    return partial(torch.index_select, source, 0, rows, out=out)
