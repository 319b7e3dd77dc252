"""The inputs of a plan: the samples of the rows of a batch, augmented and mixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.data.dataset import Images
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.table import Column
from chainrule.errors import InputError
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from tests.training import toys

ROWS = torch.tensor([3, 1, 1])


def pictures(count: int = 60) -> Images:
    pixels = np.random.default_rng(0).integers(1, 256, (count, 6, 6), dtype=np.uint8)
    return Images("dots", pixels, Column("target", np.arange(count) % 3 * 1.0))


def prepared(**settings: Any) -> Prepared:
    return prepare(pictures(), Settings(**settings), task="classification")


def fed(
    source: BatchSource, *more: str, epoch: int = 1, step: int = 0, **shapes: Any
) -> dict[str, Tensor]:
    """A plan's inputs, filled."""
    samples = source.samples
    inputs = {"x": torch.zeros(len(ROWS), *samples.features.shape[1:])}
    inputs["t"] = shapes.get("t", torch.zeros(len(ROWS), dtype=torch.int64))
    inputs |= {name: torch.zeros((), dtype=torch.int64) for name in more}
    source.fill(inputs, ROWS, epoch=epoch, batch=0, step=step)
    return inputs


def test_features_and_targets_are_those_of_the_rows() -> None:
    samples = toys.in_memory(prepared().training)
    inputs = fed(BatchSource(samples, seed=0))
    assert inputs["x"].equal(samples.features[ROWS])
    assert inputs["t"].equal(samples.targets[ROWS])


def test_a_plan_that_wants_one_hot_rows_is_given_them() -> None:
    samples = toys.in_memory(prepared().training)
    inputs = fed(BatchSource(samples, seed=0), t=torch.full((3, 3), 9.0))
    assert inputs["t"].equal(torch.nn.functional.one_hot(samples.targets[ROWS], 3).float())


def test_the_weights_are_those_of_the_rows() -> None:
    samples = Samples(torch.zeros(5, 2), torch.zeros(5, 1), torch.arange(5.0))
    inputs = {"x": torch.zeros(3, 2), "t": torch.zeros(3, 1), "weights": torch.zeros(3)}
    BatchSource(samples, seed=0).fill(inputs, ROWS, epoch=1, batch=0, step=0)
    assert inputs["weights"].tolist() == [3, 1, 1]


def test_each_step_has_a_key_that_follows_from_seed_and_step() -> None:
    samples = toys.in_memory(prepared().training)
    keys = {
        (seed, step): int(fed(BatchSource(samples, seed), "key", step=step)["key"])
        for seed in (0, 1)
        for step in range(20)
    }
    assert len(set(keys.values())) == len(keys)
    assert int(fed(BatchSource(samples, 1), "key", step=7, epoch=3)["key"]) == keys[1, 7]


def test_augmented_pictures_differ_from_epoch_to_epoch_and_samples_stay_as_they_are() -> None:
    data = prepared(augment=("shift:0.3",))
    samples = toys.in_memory(data.training)
    before = samples.features[:]
    source = BatchSource.of(data, Settings(augment=("shift:0.3",)))
    first, again, second = (fed(source, epoch=epoch)["x"] for epoch in (1, 1, 2))
    assert first.equal(again)
    assert not first.equal(second)
    assert not first.equal(before[ROWS])
    assert samples.features[:].equal(before)


@pytest.mark.parametrize("scaling", ["min_max", "standardise"])
def test_what_comes_in_from_outside_the_picture_is_black(scaling: str) -> None:
    settings = Settings(augment=("shift:0.5",), scaling=scaling)
    data = prepare(pictures(), settings, task="classification")
    x = fed(BatchSource.of(data, settings))["x"]
    assert isinstance(data.preparation.inputs, Pixels)
    black = data.preparation.inputs.low[0]
    assert x.min().item() == pytest.approx(black)
    assert (x == x.min()).any()  # no pixel of the pictures themselves is black


def test_mixed_samples_lie_between_two() -> None:
    settings = Settings(mixup=1.0)
    data = prepared(mixup=1.0)
    inputs = fed(BatchSource.of(data, settings), t=torch.zeros(3, 3))
    assert torch.allclose(inputs["t"].sum(1), torch.ones(3))
    assert ((inputs["t"] > 0.01) & (inputs["t"] < 0.99)).any()


def test_a_table_has_no_pictures_to_augment() -> None:
    with pytest.raises(InputError, match="got augmentations for samples that are not pictures"):
        BatchSource.of(toys.prepared(), Settings(augment=("flip",)))


def test_what_can_not_be_done_to_grey_pictures_is_refused_before_training() -> None:
    with pytest.raises(InputError, match="jitter"):
        BatchSource.of(prepared(), Settings(augment=("jitter",)))
