"""Numerics: the processor is set up for training, and set back afterwards."""

from collections.abc import Iterator

import pytest
import torch

from chainrule.training.loop.processor import FLOPS_WORTH_A_SECOND_THREAD, tuned_processor

SMALL, LARGE = FLOPS_WORTH_A_SECOND_THREAD / 2, FLOPS_WORTH_A_SECOND_THREAD * 2


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    torch.set_flush_denormal(False)
    yield
    torch.set_num_threads(threads)
    torch.set_flush_denormal(False)


def flushes() -> bool:
    """Whether half of the smallest normal number is zero."""
    tiny = torch.tensor([torch.finfo(torch.float32).tiny])
    return float(tiny * 0.5) == 0


def test_a_step_of_little_work_runs_on_one_thread() -> None:
    with tuned_processor(SMALL):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_a_step_of_much_work_runs_on_all_threads() -> None:
    with tuned_processor(LARGE):
        assert torch.get_num_threads() == 2


@pytest.mark.parametrize("flops", [SMALL, LARGE])
def test_subnormal_numbers_are_flushed_during_training_only(flops: float) -> None:
    assert not flushes()
    with tuned_processor(flops):
        assert flushes()
    assert not flushes()


def test_who_flushed_before_flushes_afterwards() -> None:
    torch.set_flush_denormal(True)
    with tuned_processor(SMALL):
        pass
    assert flushes()


def test_all_is_set_back_after_an_error() -> None:
    with pytest.raises(KeyboardInterrupt), tuned_processor(SMALL):
        raise KeyboardInterrupt
    assert (torch.get_num_threads(), flushes()) == (2, False)
