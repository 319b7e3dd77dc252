"""Samples on disk: every epoch brings each of them once, in an order of its own."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch

from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.errors import InputError
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import StreamedSamples, Window, samples_in_memory
from chainrule.training.settings.settings import Settings

COUNT, BUCKETS = 1000, 5


def streamed(count: int = COUNT, buckets: int = BUCKETS) -> StreamedSamples:
    """The numbers from 0 on as features and targets, in their order, on disk."""
    numbers = np.arange(count, dtype=np.float32)[:, np.newaxis]
    rows = ShuffledRows({"features": numbers, "targets": numbers}, buckets, seed=0)
    for part in np.array_split(numbers, 10):
        rows.add({"features": part, "targets": part})
    return StreamedSamples(rows, Samples(torch.zeros(3, 1), torch.zeros(3, 1)))


def epoch_of(window: Window, batch_size: int, epoch: int = 1, seed: int = 0) -> list[list[float]]:
    """The samples of each batch."""
    return [
        window.samples.features[rows][:, 0].tolist()
        for rows in window.batches(batch_size, seed=seed, epoch=epoch)
    ]


@pytest.mark.parametrize("batch_size", [1, 7, 64, 100])
@pytest.mark.parametrize("buckets", [1, 2, 5])
def test_an_epoch_brings_every_sample_once(batch_size: int, buckets: int) -> None:
    batches = epoch_of(streamed(buckets=buckets).window(Settings()), batch_size)
    assert sorted(x for batch in batches for x in batch) == list(range(COUNT))


def test_all_batches_are_of_one_size_but_the_last_of_the_epoch() -> None:
    sizes = [len(batch) for batch in epoch_of(streamed().window(Settings()), 64)]
    assert sizes == [64] * 15 + [40]


def test_features_and_targets_of_a_sample_stay_together() -> None:
    window = streamed().window(Settings())
    for rows in window.batches(64, seed=0, epoch=1):
        assert window.samples.features[rows].equal(window.samples.targets[rows])


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    first, again = streamed().window(Settings()), streamed().window(Settings())
    _ = epoch_of(first, 64, epoch=1)
    assert epoch_of(first, 64, epoch=2) == epoch_of(again, 64, epoch=2)
    assert epoch_of(first, 64, epoch=3) != epoch_of(again, 64, epoch=2)
    assert epoch_of(first, 64, epoch=2, seed=1) != epoch_of(again, 64, epoch=2)


def test_samples_that_lay_side_by_side_are_spread_over_the_epoch() -> None:
    order = np.concatenate(epoch_of(streamed(20_000, buckets=10).window(Settings()), 50))
    # Of a random order the correlation between place and number has a deviation of 1 / sqrt(n).
    assert abs(np.corrcoef(order, np.arange(20_000))[0, 1]) < 4 / np.sqrt(20_000)
    assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 4 / np.sqrt(20_000)


def test_samples_meet_others_in_the_next_epoch() -> None:
    window = streamed().window(Settings())
    companions = []
    for epoch in (1, 2):
        (batch,) = [b for b in epoch_of(window, 100, epoch) if 0.0 in b]
        companions.append(set(batch) - {0.0})
    # Two batches of 100 of 1,000 samples share about 10; of one bucket of 200 it would be half.
    assert len(companions[0] & companions[1]) < 50


def test_two_windows_go_through_the_same_samples_without_disturbing_each_other() -> None:
    samples = streamed()
    alone = epoch_of(samples.window(Settings()), 64)
    one, other = samples.window(Settings()), samples.window(Settings())
    taken = []
    for rows, others in zip(
        one.batches(64, seed=0, epoch=1), other.batches(64, seed=1, epoch=1), strict=True
    ):
        taken.append(one.samples.features[rows][:, 0].tolist())
        assert len(others) == len(rows)
    assert taken == alone


def test_the_tensors_of_a_window_stay_where_they_are() -> None:
    window = streamed().window(Settings())
    features = window.samples.features
    assert isinstance(features, torch.Tensor)
    before = features.data_ptr()
    _ = epoch_of(window, 64)
    assert window.samples.features is features
    assert features.data_ptr() == before


def test_an_epoch_that_is_left_early_does_not_disturb_the_next() -> None:
    window = streamed().window(Settings())
    for epoch in range(1, 5):
        next(window.batches(64, seed=0, epoch=epoch))
    assert epoch_of(window, 64, epoch=5) == epoch_of(streamed().window(Settings()), 64, epoch=5)


@pytest.mark.parametrize("batch_size", ["all", 900])
def test_a_batch_that_does_not_fit_in_memory_is_refused(batch_size: int | Literal["all"]) -> None:
    with pytest.raises(InputError) as error:
        streamed().window(Settings(batch_size=batch_size))
    message = str(error.value)
    assert message.startswith(f"batch_size: got {batch_size} for samples that are read from disk")
    assert "Use a smaller --batch-size, such as 256" in message


def test_drawing_with_replacement_is_refused() -> None:
    with pytest.raises(InputError, match="sampling: got with_replacement for samples that are"):
        streamed().window(Settings(sampling="with_replacement"))


def test_some_samples_are_in_memory_all_the_time() -> None:
    samples = streamed()
    assert samples_in_memory(samples) is samples.in_memory
    assert samples_in_memory(samples.in_memory) is samples.in_memory
