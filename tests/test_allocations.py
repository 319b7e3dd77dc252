"""The counter of allocations counts."""

from functools import partial

import torch

from tests.allocations import allocations


def test_memory_that_is_freed_at_once_is_counted() -> None:
    x = torch.ones(32, 50)
    assert allocations([partial(torch.add, x, x)]) == [32 * 50 * 4]


def test_a_kernel_with_its_output_given_allocates_nothing() -> None:
    x, y = torch.ones(32, 50), torch.empty(32, 50)
    assert allocations([partial(torch.add, x, x, out=y)]) == []
