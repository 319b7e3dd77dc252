"""Sampling: an order of samples is a function of seed and epoch alone."""

from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.training.loop.sampling import batches, batches_an_epoch
from chainrule.training.settings.settings import Sampling

sizes = st.integers(1, 60)
samplings = st.sampled_from(get_args(Sampling))


@given(samples=sizes, batch_size=sizes, seed=st.integers(0, 9), epoch=st.integers(1, 9))
@settings(max_examples=60)
def test_a_shuffled_epoch_visits_each_sample_once(
    samples: int, batch_size: int, seed: int, epoch: int
) -> None:
    rows = batches(samples, batch_size, sampling="shuffled", seed=seed, epoch=epoch)
    assert sorted(torch.cat(rows).tolist()) == list(range(samples))


def test_the_last_batch_of_a_shuffled_epoch_is_smaller_where_they_do_not_divide_evenly() -> None:
    rows = batches(10, 4, sampling="shuffled", seed=0, epoch=1)
    assert [len(batch) for batch in rows] == [4, 4, 2]


def test_drawing_with_replacement_gives_whole_batches_only() -> None:
    rows = batches(10, 4, sampling="with_replacement", seed=0, epoch=1)
    assert [len(batch) for batch in rows] == [4, 4]


def test_drawing_with_replacement_may_draw_a_sample_twice() -> None:
    rows = torch.cat(batches(100, 50, sampling="with_replacement", seed=0, epoch=1))
    assert len(rows.unique()) < 100
    assert 0 <= rows.min() <= rows.max() < 100


def test_drawing_with_replacement_favours_no_sample() -> None:
    rows = torch.cat(batches(10, 10_000, sampling="with_replacement", seed=0, epoch=1))
    counts = torch.bincount(rows, minlength=10).double()
    assert (counts - 1000).abs().max() < 4 * (10_000 * 0.1 * 0.9) ** 0.5


@given(samples=sizes, batch_size=sizes, sampling=samplings)
@settings(max_examples=60)
def test_the_count_of_batches_is_that_of_the_batches(
    samples: int, batch_size: int, sampling: Sampling
) -> None:
    rows = batches(samples, batch_size, sampling=sampling, seed=0, epoch=1)
    assert batches_an_epoch(samples, batch_size, sampling) == len(rows)


@pytest.mark.parametrize("sampling", get_args(Sampling))
def test_the_same_seed_and_epoch_give_the_same_order(sampling: Sampling) -> None:
    first, second = (
        torch.cat(batches(50, 10, sampling=sampling, seed=3, epoch=2)) for _ in range(2)
    )
    assert first.equal(second)


@pytest.mark.parametrize("sampling", ["shuffled", "with_replacement"])
@pytest.mark.parametrize(("seed", "epoch"), [(4, 2), (3, 1)])
def test_another_seed_or_epoch_gives_another_order(
    sampling: Sampling, seed: int, epoch: int
) -> None:
    first = torch.cat(batches(50, 10, sampling=sampling, seed=3, epoch=2))
    second = torch.cat(batches(50, 10, sampling=sampling, seed=seed, epoch=epoch))
    assert not first.equal(second)


def test_the_order_does_not_depend_on_the_batch_size() -> None:
    whole, parts = (
        torch.cat(batches(50, size, sampling="shuffled", seed=0, epoch=1)) for size in (50, 7)
    )
    assert whole.equal(parts)


def test_the_order_is_not_touched_by_other_random_numbers() -> None:
    first = batches(50, 50, sampling="shuffled", seed=0, epoch=1)[0]
    torch.manual_seed(123)
    torch.rand(10)
    assert first.equal(batches(50, 50, sampling="shuffled", seed=0, epoch=1)[0])


@pytest.mark.parametrize("epoch", [1, 2])
def test_in_order_the_samples_come_as_they_are_in_each_epoch(epoch: int) -> None:
    rows = batches(7, 3, sampling="in_order", seed=0, epoch=epoch)
    assert [batch.tolist() for batch in rows] == [[0, 1, 2], [3, 4, 5], [6]]
